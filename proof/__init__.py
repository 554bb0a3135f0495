"""What takes minutes to hours to prove: `python -m proof.run`. The certificates are committed and sampled by the tests."""
