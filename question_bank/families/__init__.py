"""Families of questions, one file each; a file added here is found by itself."""
