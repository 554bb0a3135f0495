"""What `legrade exam new` writes: an example of every field of a blueprint, and a question of a course's own, both with comments."""

from typing import Final

QUESTION_NAME: Final = "why-pad"

BLUEPRINT: Final = """\
# An exam. `legrade exam preview FILE` shows samples of it with keys; this example builds as it stands.
title = "Convolution and pooling"
paper = "exam-1"          # its id: another id gives other papers. Letters, digits and . _ - between them
language = "en"           # of papers whose student has no other in the class list: en or vi

# How many different papers: "per-student" gives everyone one of their own, 4 makes papers A to D, 1 one for everybody.
versions = "per-student"

# What stands in another order on every paper: "items", "options", both or none. A section may say otherwise.
shuffle = []

# Without sections, write [[slots]] in place of [[sections.slots]].
[[sections]]
title = "Sizes and shapes"
intro = "A padding of $p$ adds $p$ pixels on each side."  # formulas between dollar signs, `code` between backquotes

[[sections.slots]]
family = "conv-output-size"        # `legrade bank list` shows all families, `legrade bank gallery` a page of them
count = 2                          # how many questions; 1 if left out
points = 1.5                       # for each of them; 1 if left out
radicals = { s = 2, p = [1, 2] }   # fixes what makes it harder or easier; if left out, it is drawn once for the whole class

[[sections.slots]]
family = ["pool-output-shape", "conv-output-shape"]  # one of them, drawn once for the whole class
credit = "all-or-nothing"          # partial credit: parts (if left out), per-cell, whole-parts or all-or-nothing

[[sections]]
title = "By hand, and in words"
shuffle = ["options"]

[[sections.slots]]
family = "max-pool-by-hand"
points = 2

[[sections.slots]]
question = "why-pad"               # a question of your own: questions/why-pad.toml beside this file
points = 2

[texts.vi]                         # titles and intros for students who write in Vietnamese; not needed where there are none
"Sizes and shapes" = "Kích thước"
"A padding of $p$ adds $p$ pixels on each side." = "Padding $p$ thêm $p$ điểm ảnh vào mỗi phía."
"By hand, and in words" = "Tính tay và bằng lời"
"""

QUESTION: Final = """\
# A question of your own. A blueprint asks it by `question = "why-pad"`, the name of this file.
stem = "A convolution has a kernel of 3 x 3 and a stride of $1$. Why is it often given a padding of $1$?"
language = "en"
feedback = "With $k = 3$, $s = 1$ and $p = 1$, as many windows fit as there are pixels: $n + 2*p - k + 1 = n$."
# image = { file = "padding.png", alt = "An image in a frame of zeros" }  # PNG, JPEG or SVG in this folder
# keep_order = true   # where the exam shuffles options

kind = "choice"       # or choices, integer, number, shape, array, expression; or text, with [[rubric]] tables in place of a key
options = [
  "The output is as large as the input",
  "The output has as many channels as the input",
  "The layer has fewer weights",
]
key = "The output is as large as the input"   # for other kinds what a student should type, such as 24 or [3, 32, 32]

[[wrong]]             # each wrong option needs a reason: in your own words, or by a misconception of the catalogue
answer = "The output has as many channels as the input"
feedback = "Padding is added to height and width; the number of filters decides the channels."

[[wrong]]
answer = "The layer has fewer weights"
feedback = "The weights are those of the kernel, whatever is added around the image."

[texts.vi]            # for students who write in Vietnamese; may be left out where there are none
"A convolution has a kernel of 3 x 3 and a stride of $1$. Why is it often given a padding of $1$?" = "Một phép tích chập có kernel 3 x 3 và bước trượt $1$. Vì sao nó thường có padding $1$?"
"With $k = 3$, $s = 1$ and $p = 1$, as many windows fit as there are pixels: $n + 2*p - k + 1 = n$." = "Với $k = 3$, $s = 1$ và $p = 1$, có bao nhiêu điểm ảnh thì có bấy nhiêu cửa sổ: $n + 2*p - k + 1 = n$."
"The output is as large as the input" = "Đầu ra lớn bằng đầu vào"
"The output has as many channels as the input" = "Đầu ra có số kênh bằng đầu vào"
"The layer has fewer weights" = "Lớp có ít trọng số hơn"
# what is said about wrong answers is read in practice sets
"Padding is added to height and width; the number of filters decides the channels." = "Padding được thêm vào chiều cao và chiều rộng; số bộ lọc mới quyết định số kênh."
"The weights are those of the kernel, whatever is added around the image." = "Trọng số là của kernel, dù quanh ảnh có thêm gì đi nữa."
"""
