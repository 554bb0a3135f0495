r"""How papers look in LaTeX: an article of its own few macros, with packages that every TeX Live has.

pdflatex, lualatex and xelatex read it; run twice for the number of pages. `\vn` and `\latin` set letters that only the encoding of
Vietnamese, or of other languages, has: pdflatex needs to be told, the others do not. `\unlisted` frames the number of a character
that there are no letters for.
"""

from typing import Final

PREAMBLE: Final = r"""
\usepackage[a4paper,hmargin=2cm,top=2.2cm,bottom=2cm,headheight=24pt,headsep=0.4cm]{geometry}
\ifdefined\Umathcode
  \newcommand{\vn}[1]{#1}
  \newcommand{\latin}[1]{#1}
\else
  \usepackage[ENCODINGS]{fontenc}
  \usepackage[utf8]{inputenc}
  \newcommand{\vn}[1]{{\fontencoding{T5}\selectfont #1}}
  \newcommand{\latin}[1]{{\fontencoding{T1}\selectfont #1}}
  \IfFileExists{lmodern.sty}{\usepackage{lmodern}}{}
\fi
\usepackage{textcomp}
\usepackage{amsmath}
\usepackage{array}
\usepackage{graphicx}
\usepackage{xcolor}
\newcommand{\unlisted}[1]{\fbox{\scriptsize\ttfamily #1}}
\definecolor{faint}{gray}{0.35}
\definecolor{ruled}{gray}{0.6}
\makeatletter
\setlength{\parindent}{0pt}
\setlength{\parskip}{0pt}
\setlength{\fboxsep}{3pt}
\setlength{\emergencystretch}{5em}
\tolerance=2000
\hyphenpenalty=200
\raggedbottom
\lineskiplimit=2pt
\lineskip=3pt
\pagestyle{myheadings}
\renewcommand{\@oddhead}{\ifnum\value{page}>1 \small\color{faint}\papertitle\hfill\papername\fi}
\renewcommand{\@oddfoot}{\small\papercode\hfill\thepage\ / \pageref{legrade:last}}
% what belongs together stays on one page where it fits: breaks inside cost much, one before it nothing
\interlinepenalty=9000
\clubpenalty=9000
\widowpenalty=9000
\newcommand{\gap}[1]{\par\penalty9000\vskip #1\relax}
\newcommand{\apart}[1]{\par\vskip #1\relax}
\newcommand{\quiet}[1]{{\small\color{faint}#1}}
\newcommand{\code}[1]{{\ttfamily #1}}
\newcommand{\paperheading}[1]{{\LARGE\bfseries\raggedright #1\par}\gap{6pt}}
\newcommand{\sectionheading}[1]{\filbreak\apart{14pt}{\Large\bfseries\raggedright #1\par}\gap{4pt}}
\newcommand{\who}[2]{\makebox[6em][l]{\small\color{faint}#1}\textbf{#2}\par}
\newcommand{\framed}[1]{\apart{8pt}\fbox{\parbox{\dimexpr\linewidth-2\fboxsep-2\fboxrule}{\setlength{\parskip}{2pt}\strut#1}}\par\apart{6pt}}
\newcommand{\bullets}[1]{\par{\advance\leftskip 1.2em\rightskip=0pt plus 1fil #1\par}}
\newcommand{\bulleted}[1]{\par\leavevmode\llap{\textbullet\enspace}#1}
\newcommand{\numbered}[2]{\par\leavevmode\llap{#1.\enspace}#2}
\newcommand{\question}[3]{\filbreak\apart{14pt}{\large\bfseries #1}\enspace\quiet{#2}\hfill\code{\small #3}\gap{4pt}}
\newcommand{\rulenote}[1]{\gap{3pt}\quiet{\itshape #1}}
\newcommand{\listing}[2]{\gap{6pt}\begingroup\leftskip=8pt\ttfamily\fontsize{#1}{\dimexpr 1.25\dimexpr#1\relax\relax}\selectfont #2\par\endgroup\gap{2pt}}
\newcommand{\codeline}[1]{\par\leavevmode\hbox{\strut #1}}
\newsavebox{\drawn}
\newcommand{\drawing}[2]{\gap{6pt}\sbox{\drawn}{\scalebox{#1}{\includegraphics{#2}}}%
  \ifdim\wd\drawn>\linewidth\resizebox{\linewidth}{!}{\usebox{\drawn}}\else\usebox{\drawn}\fi\gap{2pt}}
\newcommand{\arrays}[1]{\gap{6pt}{\raggedright\lineskip=6pt #1\par}}
\newcommand{\captioned}[2]{\begin{tabular}[t]{@{}l@{}}\quiet{#1}\\[2pt]#2\end{tabular}\hspace{1.6em plus 1em}\allowbreak}
\newcommand{\plane}[3]{\begin{tabular}[t]{@{}c@{}}\ifx\relax#1\relax\else\quiet{#1}\\\fi
  {\setlength{\tabcolsep}{4.5pt}\renewcommand{\arraystretch}{1.15}\begin{tabular}{|*{#2}{c|}}\hline #3\end{tabular}}\end{tabular}\hspace{0.8em}}
\newcommand{\asked}[2]{\gap{8pt}\ifx\relax#1\relax\else\textbf{#1}~\fi #2}
\newcommand{\option}[2]{\gap{4pt}{\leftskip=2.6em\leavevmode\llap{\makebox[1.6em][l]{\textbf{#1}}}#2\par}}
\newcommand{\hint}[1]{\gap{4pt}\quiet{\itshape #1}}
% the answer sheet
\newenvironment{answers}[2]{\par\filbreak\vskip 5pt{\color{ruled}\hrule}\vskip 6pt\noindent
  \begin{minipage}[t]{4.6em}\textbf{#1}\\{\scriptsize\ttfamily #2}\end{minipage}\hspace{0.6em}%
  \begin{minipage}[t]{\dimexpr\linewidth-5.4em}\raggedright\setlength{\lineskip}{4pt}}%
  {\end{minipage}\par}
\newcommand{\lettered}[1]{\makebox[1.8em][l]{\textbf{#1}}}
\newcommand{\pick}[1]{\mbox{$\bigcirc$\hspace{0.3em}#1\hspace{1.2em}}\allowbreak}
\newcommand{\tick}[1]{\mbox{\framebox[1.1em]{\rule{0pt}{0.6em}}\hspace{0.3em}#1\hspace{1.2em}}\allowbreak}
\newcommand{\blank}[3]{\framebox[#1\linewidth]{\rule[-0.4\dimexpr#2\relax]{0pt}{#2}}\ifx\relax#3\relax\else~#3\fi}
\newcommand{\cells}[5]{\begin{tabular}[t]{@{}l@{}}\ifx\relax#1\relax\else\quiet{#1}\\\fi
  \setlength{\tabcolsep}{0pt}\begin{tabular}{|*{#2}{>{\rule[-0.35\dimexpr#4\relax]{0pt}{#4}}p{#3}|}}\hline #5\end{tabular}\end{tabular}\hspace{0.9em}\allowbreak}
\newcommand{\ruledlines}[1]{\vspace{#1}\hrule\vspace{#1}\hrule\vspace{#1}\hrule\vspace{#1}\hrule\vspace{#1}\hrule\vspace{#1}\hrule\vspace{#1}\hrule\vspace{#1}\hrule}
% the key
\newcommand{\titled}[1]{\gap{6pt}\textbf{\small #1}\gap{2pt}}
\newcommand{\solved}[1]{\par{\leftskip=10pt #1\par}}
\makeatother
""".strip()
"""Everything between the class and the document; ENCODINGS stands for those of fonts, the usual one last."""

LARGE: Final = r"""
\DeclareMathSizes{17}{17}{13}{10}
\renewcommand{\normalsize}{\fontsize{17}{22}\selectfont\abovedisplayskip=8pt\belowdisplayskip=8pt}
\renewcommand{\small}{\fontsize{15}{19}\selectfont}
\renewcommand{\scriptsize}{\fontsize{12}{15}\selectfont}
\renewcommand{\large}{\fontsize{20}{25}\selectfont}
\renewcommand{\Large}{\fontsize{23}{28}\selectfont}
\renewcommand{\LARGE}{\fontsize{26}{32}\selectfont}
""".strip()
"""What makes all letters large, for students who read large print."""
