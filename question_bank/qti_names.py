"""QTI as text, element by element: written once in the names of QTI 2.1, which QTI 3.0 spells in another way.

>>> QTI21.element("simpleChoice", "yes & no", identifier="A", showHide="show")
'<simpleChoice identifier="A" showHide="show">yes & no</simpleChoice>'
>>> QTI30.element("simpleChoice", identifier="A", showHide="show")
'<qti-simple-choice identifier="A" show-hide="show"/>'
"""

import functools
import re
from dataclasses import dataclass
from html import escape
from typing import Final

_CAPITAL: Final = re.compile("(?=[A-Z])")
_OPEN: Final = re.compile(r"<(br|img [^>]*)>")
_STYLE: Final = re.compile(r'(<(?:table|td)) style="[^"]*"')
_MATHML: Final = '<math xmlns="http://www.w3.org/1998/Math/MathML">'
TABLE: Final = "legrade-cells"
"""The class of tables, which have no style of their own in QTI."""


@dataclass(frozen=True, slots=True)
class Dialect:
    """One version of QTI.

    Attributes:
        version: such as `2.1`.
        namespace: of items and tests.
        xsd: where its schema is published.
        suffix: of the types of resources in a manifest, such as `xmlv2p1`.
        kebab: whether names are spelled as in HTML.
        ranges: whether a number near another is one between two, because players of this version know no tolerance.
    """

    version: str
    namespace: str
    xsd: str
    suffix: str
    kebab: bool
    ranges: bool

    def element(self, name: str, *content: str, **attributes: str) -> str:
        """Write an element of QTI: `content` is XML already, attributes are escaped here."""
        tag = _kebab(f"qti-{name[0].lower()}{name[1:]}") if self.kebab else name
        said = "".join(
            f' {_kebab(key) if self.kebab else key}="{escape(value)}"' for key, value in attributes.items()
        )
        inside = "".join(content)
        return f"<{tag}{said}>{inside}</{tag}>" if inside else f"<{tag}{said}/>"

    def document(self, name: str, *content: str, language: str = "", **attributes: str) -> str:
        """Write a file of QTI; its root says in which language it is, where one is given."""
        root = self.element(name, "\n", *content, **attributes)
        spaces = (
            f'xmlns="{self.namespace}" xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" '
            f'xsi:schemaLocation="{self.namespace} {self.xsd}"'
        ) + (f' xml:lang="{language}"' if language else "")
        start, _, rest = root.partition(" ")
        return f'<?xml version="1.0" encoding="UTF-8"?>\n{start} {spaces} {rest}\n'

    def flow(self, content: str) -> str:
        """Wrap what a feedback says, where the version wants that."""
        return self.element("contentBody", content) if self.kebab else content


QTI21: Final = Dialect(
    "2.1",
    "http://www.imsglobal.org/xsd/imsqti_v2p1",
    "http://www.imsglobal.org/xsd/qti/qtiv2p1/imsqti_v2p1.xsd",
    "xmlv2p1",
    kebab=False,
    ranges=False,
)
QTI30: Final = Dialect(
    "3.0",
    "http://www.imsglobal.org/xsd/imsqtiasi_v3p0",
    "https://purl.imsglobal.org/spec/qti/v3p0/schema/xsd/imsqti_asiv3p0_v1p0.xsd",
    "xmlv3p0",
    kebab=True,
    ranges=True,
)


@functools.cache
def _kebab(name: str) -> str:
    return _CAPITAL.sub("-", name).lower()


def xhtml(html: str) -> str:
    """Turn HTML of `question_bank.course_html` into what QTI holds: elements closed, MathML in its namespace, no styles.

    >>> xhtml('<p>a<br>b</p><table style="x"><tbody></tbody></table>')
    '<p>a<br/>b</p><table class="legrade-cells"><tbody></tbody></table>'
    """
    plain = _STYLE.sub(lambda found: found[1] + (f' class="{TABLE}"' if "table" in found[1] else ""), html)
    return _OPEN.sub(r"<\1/>", plain).replace("<math>", _MATHML)
