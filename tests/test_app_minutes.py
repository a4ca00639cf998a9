"""The minutes of a meeting: photographed, signed by chair and recorder, shown to the seats."""

import io
import re
from datetime import date
from hashlib import sha256

from counters import PIN, counter_of, enter, give_pin
from PIL import Image
from sample import Village, payment

from approvals import cases, halves, seen

TODAY = date(2021, 2, 10)


def photo(colour: str) -> bytes:
    out = io.BytesIO()
    Image.new("RGB", (40, 30), colour).save(out, "PNG")
    return out.getvalue()


def test_a_photo_of_the_minutes_is_signed_by_both_and_seen_by_the_seats(village: Village) -> None:
    one = village.submit(payment(date(2021, 1, 12), 5_000))
    two = village.submit(payment(date(2021, 1, 12), 6_000, summary="买扫把"))
    give_pin(village, "sec1", "clerk1")
    with counter_of(village, TODAY) as client:
        for standing in (one, two):  # one sitting, one photo, two cases
            path = f"/case/{village.code}/{standing.case}"
            csrf = enter(client, village, "sec1")
            form = {"csrf": csrf, "step": "council", "recorder": "clerk1", "pin": PIN}
            form |= {"seen": seen.mark(standing), "nonce": sha256(path.encode()).hexdigest()[:32]}
            form |= {"roster": "5", "present": "4", "favour": "4", "against": "0"}
            bad = {"minutes": ("a.png", b"<script>", "image/png")}
            assert "W030" in client.post(f"{path}/meeting", data=form, files=bad).text
            good = {"minutes": ("a.png", photo("white"), "image/png")}
            page = client.post(f"{path}/meeting", data=form, files=good).text
            link = re.search(r'href="(/paper/[^"]+)">看会议记录', page)
            assert link
            csrf = enter(client, village, "clerk1")
            assert client.get(link[1]).headers["content-type"] == "image/png"
            with village.engine.begin() as conn:
                (half,) = halves.of_village(conn, village.code, standing.case)
            sign = {"csrf": csrf, "half": half.act.nonce, "pin": PIN}
            assert "已经签好" in client.post(f"{path}/second", data=sign).text
            with village.engine.begin() as conn:
                assert len(cases.minutes(conn, village.code, standing.case)) == 1
            enter(client, village, "head1")
            assert link[1] in client.get(path).text
            assert client.get(link[1]).status_code == 200
            assert client.get(link[1].replace(standing.case, "other")).status_code == 404
        enter(client, village, "stranger")
        assert client.get(link[1]).status_code == 404
