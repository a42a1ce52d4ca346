"""The one table of the web view's addresses: whose things each shows, and who may see them."""

from dataclasses import dataclass
from typing import Literal

# anybody: nothing of anybody's. signed in: whoever is signed in, their own. patient: whoever reaches the patient whose
# things are named. owner: the account that made the invitation. visit: the guest whose visit it is.
Kind = Literal["anybody", "signed in", "patient", "owner", "visit"]


@dataclass(frozen=True)
class Row:
    """An address: whose it is, and what is sent there."""

    kind: Kind
    query: str = ""
    fields: tuple[tuple[str, str], ...] = ()


SHARE = (
    ("way", "paper"),
    ("recipient_name", "Dr Sam Okafor"),
    ("contents", "report"),
    ("day", "2026-03-20"),
    ("understands_sensitive", "yes"),
)

TABLE: dict[tuple[str, str], Row] = {
    # Anybody
    ("GET", "/"): Row("anybody"),
    ("GET", "/open"): Row("anybody"),
    ("POST", "/open"): Row("anybody"),
    ("GET", "/i/{number}"): Row("anybody"),
    ("GET", "/left"): Row("anybody"),
    ("GET", "/activate"): Row("anybody"),
    ("POST", "/activate"): Row("anybody"),
    ("POST", "/activate/finish"): Row("anybody"),
    ("GET", "/forgot"): Row("anybody"),
    ("POST", "/forgot"): Row("anybody"),
    ("GET", "/reset"): Row("anybody"),
    ("POST", "/reset"): Row("anybody"),
    ("GET", "/confirm-email"): Row("anybody"),
    ("POST", "/confirm-email"): Row("anybody"),
    ("GET", "/d"): Row("anybody"),
    ("POST", "/d"): Row("anybody"),
    ("POST", "/d/spend"): Row("anybody"),
    ("GET", "/d/{name}"): Row("anybody"),
    ("GET", "/d/{name}/file"): Row("anybody"),
    ("GET", "/sign-in"): Row("anybody"),
    ("POST", "/sign-in"): Row("anybody"),
    ("POST", "/sign-out"): Row("anybody"),
    ("GET", "/signed-out"): Row("anybody"),
    ("GET", "/contact"): Row("anybody"),
    ("GET", "/help"): Row("anybody"),
    ("GET", "/accessibility"): Row("anybody"),
    ("GET", "/static/theme.css"): Row("anybody"),
    ("GET", "/static/fonts/{name}"): Row("anybody"),
    # A patient's own
    ("GET", "/live"): Row("signed in", "epoch=00000000-0000-7000-8000-000000000000&after=0"),
    ("POST", "/still-here"): Row("signed in"),
    ("GET", "/home"): Row("signed in"),
    ("GET", "/shared"): Row("signed in"),
    ("GET", "/account"): Row("signed in"),
    ("POST", "/account/password"): Row("signed in"),
    ("POST", "/account/large-text"): Row("signed in"),
    ("GET", "/home/{patient_id}"): Row("patient"),
    ("GET", "/home/{patient_id}/exams"): Row("patient"),
    ("GET", "/home/{patient_id}/opened"): Row("patient"),
    ("GET", "/home/{patient_id}/opened.pdf"): Row("patient"),
    ("GET", "/exams/{exam_id}"): Row("patient"),
    ("GET", "/exams/{exam_id}/state"): Row("patient"),
    ("GET", "/exams/{exam_id}/report/{report_id}.pdf"): Row("patient"),
    ("GET", "/exams/{exam_id}/report/{report_id}/{number}"): Row("patient"),
    ("GET", "/exams/{exam_id}/share"): Row("patient"),
    ("POST", "/exams/{exam_id}/share"): Row("patient", fields=SHARE),
    ("GET", "/exams/{exam_id}/thumbnail/{instance_id}/{frame}"): Row("patient"),
    ("GET", "/exams/{exam_id}/image/{instance_id}/{frame}"): Row("patient"),
    ("GET", "/exams/{exam_id}/notes/{instance_id}/{frame}"): Row("patient"),
    ("GET", "/exams/{exam_id}/film/{instance_id}"): Row("patient"),
    ("GET", "/exams/{exam_id}/video/{instance_id}"): Row("patient"),
    ("GET", "/exams/{exam_id}/images.json"): Row("patient"),
    ("GET", "/exams/{exam_id}/images"): Row("patient", "series={series_id}"),
    ("GET", "/exams/{exam_id}/download/{kind}"): Row("patient", "instance={instance_id}"),
    ("GET", "/invitations/{invitation_id}"): Row("owner"),
    ("GET", "/invitations/{invitation_id}/until"): Row("owner"),
    ("POST", "/invitations/{invitation_id}/until"): Row("owner", fields=(("day", "2026-03-20"),)),
    ("GET", "/invitations/{invitation_id}/revoke"): Row("owner"),
    ("GET", "/invitations/{invitation_id}/preview"): Row("owner"),
    ("POST", "/invitations/{invitation_id}/unlock"): Row("owner"),
    ("POST", "/invitations/{invitation_id}/revoke"): Row("owner"),
    ("POST", "/account/sign-out-everywhere"): Row("signed in"),
    # A guest's visit
    ("GET", "/visit"): Row("visit"),
    ("GET", "/visit/state/{exam_id}"): Row("visit"),
    ("GET", "/visit/report/{report_id}.pdf"): Row("visit"),
    ("GET", "/visit/report/{report_id}/{number}"): Row("visit"),
    ("GET", "/visit/thumbnail/{instance_id}/{frame}"): Row("visit"),
    ("GET", "/visit/image/{instance_id}/{frame}"): Row("visit"),
    ("GET", "/visit/notes/{instance_id}/{frame}"): Row("visit"),
    ("GET", "/visit/film/{instance_id}"): Row("visit"),
    ("GET", "/visit/video/{instance_id}"): Row("visit"),
    ("GET", "/visit/images.json"): Row("visit"),
    ("GET", "/visit/images"): Row("visit", "series={series_id}"),
    ("GET", "/visit/download/{kind}"): Row("visit", "instance={instance_id}"),
    ("POST", "/visit/leave"): Row("visit"),
}
