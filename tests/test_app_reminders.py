"""Reminders: who is told what and when, once; by real mail, webhook and adapters."""

import base64
import hmac
import json
import os
import signal
import stat
from datetime import date, datetime, timedelta
from hashlib import sha256
from pathlib import Path
from typing import Any

import pytest
from counters import counter_of, enter
from postbox import Post, Receiver, running
from sample import ZONE, Village, hand
from test_app_inbox import due_days, to_committee
from typer.testing import CliRunner

from app import cli, contacts, database, outbox, reminding
from app.contacts import Contact
from app.reminding import Run, Running
from app.settings import Settings
from approvals import acts, cases, pursuit, register, waits
from approvals.acts import Loan
from approvals.pursuit import Absence, Ladder

LADDER = Ladder(3, ("village-cadre", "village-leader"))
MORNING = datetime(2021, 2, 3, 9, 0, tzinfo=ZONE)  # a Wednesday


def settings_of(village: Village, **more: Any) -> Settings:
    given = {"mail_from": "books@village.example", "smtp_security": "none", **more}
    return Settings.of(village.root.parent, escalate_to=LADDER.seats, **given)


def reach(village: Village, person: str, channel: str = "mail", language: str = "zh") -> None:
    address = f"{person}@people.example" if channel == "mail" else f"1380000{person}"
    with village.engine.begin() as conn:
        contacts.keep(conn, Contact(person, channel, address, language))


def run(village: Village, settings: Settings, at: datetime = MORNING) -> Run:
    return reminding.remind(village.engine, settings, at)


def words(village: Village, case: str, day: date, *absent: str) -> list[tuple[str, str]]:
    """Return (kind, person) of the reminders about the committee's step."""
    with village.engine.begin() as conn:
        people = register.of(conn, village.code)
        standing = cases.standing_of(conn, village.code, case)
        (wait,) = [one for one in waits.of(standing, people, day) if one.step == "supervision"]
        found = pursuit.of(standing, wait, people, day, LADDER, absent)
    return [(one.kind, one.person) for one in found]


def test_words_follow_working_days_and_the_ladder_goes_up(village: Village) -> None:
    due_days(village, "supervision", 5)
    case = to_committee(village, date(2021, 2, 1), 5_000)
    expected = {
        date(2021, 2, 1): ["asked"],
        date(2021, 2, 4): ["asked"],
        date(2021, 2, 5): ["due"],
        date(2021, 2, 7): ["due"],  # a Sunday that was worked, and the last day
        date(2021, 2, 8): ["late-1"],
        date(2021, 2, 10): ["late-1", "raised-1"],
        date(2021, 2, 17): ["late-1", "raised-1"],  # the Spring Festival counts for nothing
        date(2021, 2, 20): ["late-2", "raised-1", "raised-2"],
    }
    for day, kinds in expected.items():
        said = dict.fromkeys(kind for kind, _ in words(village, case, day))
        assert list(said) == kinds, day
    told = words(village, case, date(2021, 2, 23))
    assert told[-2:] == [("raised-1", "cadre1"), ("raised-2", "leader1")]
    away = words(village, case, date(2021, 2, 4), "sup2")
    assert [person for _, person in away] == ["sup1", "sup3", "sup4", "sup5"]
    all_away = words(village, case, date(2021, 2, 4), "sup1", "sup2", "sup3", "sup4", "sup5")
    assert all_away == [("raised-1", "cadre1")]


def test_mail_goes_once_in_the_receivers_language_and_says_no_amount(village: Village) -> None:
    due_days(village, "supervision", 5)
    to_committee(village, date(2021, 2, 1), 123_400)
    to_committee(village, date(2021, 2, 2), 99_900, summary="买扫把")
    reach(village, "sup1")
    reach(village, "agri1", language="en")
    reach(village, "head1")
    with running(Post()) as post:
        settings = settings_of(village, smtp_host="127.0.0.1", smtp_port=post.port)
        assert run(village, settings) == Run(2, {"sent": 2})
        assert run(village, settings, MORNING + timedelta(hours=1)) == Run(0, {})
        english, chinese = sorted(post.taken, key=lambda one: str(one["to"]))
        assert english["to"] == "agri1@people.example"
        assert english["subject"] == "Mingbai: 2 cases wait for you"
        assert chinese["subject"] == "明白账：有 2 件事项等您"
        body = chinese.get_content()
        assert "等审签（村务监督委员会审核）；自 2021-02-01 起；请在 2021-02-07 前办" in body
        assert "http://127.0.0.1:8321/case/" in body
        for private in ("1,234", "999", "样例修路队", "修田间路", "买扫把"):
            assert private not in body + english.get_content()
        late = datetime(2021, 2, 19, 9, 0, tzinfo=ZONE)
        reach(village, "cadre1")
        assert run(village, settings, late).ended == {"sent": 3}
        texts = {str(one["to"]): one for one in post.taken[2:]}
        assert texts["sup1@people.example"]["subject"].endswith("其中 2 件超期")
        assert "请您过问" in texts["cadre1@people.example"].get_content()
        assert "since 2021-02-01" in texts["agri1@people.example"].get_content()


def test_a_mail_server_that_is_away_is_tried_again_and_a_wrong_address_is_not(
    village: Village,
) -> None:
    to_committee(village, date(2021, 2, 1), 5_000)
    reach(village, "sup1")
    with running(Post()) as post:
        settings = settings_of(village, smtp_host="127.0.0.1", smtp_port=post.port)
        dead = settings.model_copy(update={"smtp_port": 1})
        assert run(village, dead).ended == {"later": 1}
        assert run(village, settings).ended == {}
        post.answers = ["451 busy"]
        assert run(village, settings, MORNING + timedelta(minutes=6)).ended == {"later": 1}
        post.answers = ["550 nobody of that name"]
        assert run(village, settings, MORNING + timedelta(minutes=30)).ended == {"dead": 1}
        with village.engine.begin() as conn:
            (stuck,) = outbox.not_gone(conn)
            assert stuck.said == "邮件服务器答 550 nobody of that name"
            outbox.again(conn, stuck.id, MORNING)
        assert run(village, settings, MORNING + timedelta(minutes=40)).ended == {"sent": 1}
        assert len(post.taken) == 1


KILLER = """#!/bin/sh
cat >> {box}
echo >> {box}
[ -e {flag} ] && rm {flag} && kill -9 $PPID
exit 0
"""


def test_killed_between_sending_and_noting_the_same_is_not_sent_twice(
    village: Village, tmp_path: Path
) -> None:
    to_committee(village, date(2021, 2, 1), 5_000)
    reach(village, "sup1", "sms")
    reach(village, "sup2", "sms")
    box, flag, program = tmp_path / "box", tmp_path / "flag", tmp_path / "send"
    flag.touch()
    program.write_text(KILLER.format(box=box, flag=flag))
    program.chmod(stat.S_IRWXU)
    settings = settings_of(village, channels={"sms": f"command:{program}"})
    child = os.fork()
    if not child:  # the program kills whoever started it, once
        engine = database.connect(settings.url, settings.data)
        reminding.remind(engine, settings, MORNING)
        os._exit(0)
    assert os.WTERMSIG(os.waitpid(child, 0)[1]) == signal.SIGKILL
    assert len(box.read_text().splitlines()) == 1
    assert run(village, settings).ended == {"sent": 1}
    letters = [json.loads(line) for line in box.read_text().splitlines()]
    assert {one["to"] for one in letters} == {"1380000sup1", "1380000sup2"}
    assert letters[0]["short"].startswith("【明白账】有 1 件事项等您")
    (settings.data / "mingbai.toml").write_text("today = 2021-02-03\nquiet = [0, 0]\n")
    command = ["remind", "--data", str(settings.data), "--json"]
    listed = CliRunner().invoke(cli.app, [*command, "--dead"])
    (stuck,) = json.loads(listed.stdout)
    assert stuck["state"] == "unsure"
    assert CliRunner().invoke(cli.app, [*command, "--again", stuck["id"]]).exit_code == 0
    without = CliRunner().invoke(cli.app, command)  # no such channel is set here
    assert json.loads(without.stdout)["ended"] == {"later": 1}
    assert run(village, settings, MORNING + timedelta(days=1)).ended == {"sent": 1}
    assert len(box.read_text().splitlines()) == 3  # because somebody said so


def test_one_run_at_a_time_and_none_at_night_or_on_a_holiday(village: Village) -> None:
    to_committee(village, date(2021, 2, 1), 5_000)
    reach(village, "sup1", "log")
    box = village.root.parent / "box"
    settings = settings_of(village, channels={"log": f"file:{box}"})
    with reminding.alone(village.engine, settings), pytest.raises(Running):
        run(village, settings)
    for hour, day in ((21, 3), (7, 3), (10, 6), (10, 12)):  # night, a Saturday, New Year
        assert run(village, settings, datetime(2021, 2, day, hour, tzinfo=ZONE)).quiet
    assert not box.exists()
    assert run(village, settings, datetime(2021, 2, 7, 10, tzinfo=ZONE)).ended == {"sent": 1}
    with pytest.raises(reminding.BadChannel):
        run(village, settings_of(village, channels={"sms": "nowhere:x"}))


def test_a_webhook_is_signed_tried_again_and_kept_out_of_the_house(village: Village) -> None:
    to_committee(village, date(2021, 2, 1), 5_000)
    secret = "whsec_" + base64.b64encode(b"a shared secret").decode()
    with running(Receiver()) as hook:
        given = {"webhook_url": hook.url, "webhook_secret": secret}
        inside = settings_of(village, **given)
        assert run(village, inside).ended == {"dead": 1}
        with village.engine.begin() as conn:
            (stuck,) = outbox.not_gone(conn)
            assert "内部地址 127.0.0.1" in stuck.said
            outbox.again(conn, stuck.id, MORNING)
        assert hook.calls == []
        settings = settings_of(village, **given, webhook_private=True)
        hook.answers = [503, 302]
        assert run(village, settings).ended == {"later": 1}
        with village.engine.begin() as conn:  # killed while it was under way
            outbox.begin(conn, stuck.id)
        assert run(village, settings).ended == {"dead": 1}  # led elsewhere: not followed
        with village.engine.begin() as conn:
            outbox.again(conn, stuck.id, MORNING)
        assert run(village, settings).ended == {"sent": 1}
        assert len({call.headers["webhook-id"] for call in hook.calls}) == 1
        last = hook.calls[-1]
        signed = f"{stuck.id}.{last.headers['webhook-timestamp']}.".encode() + last.body
        mac = hmac.new(b"a shared secret", signed, sha256).digest()
        assert last.headers["webhook-signature"] == "v1," + base64.b64encode(mac).decode()
        items = json.loads(last.body)["items"]
        assert {one["step"] for one in items} == {"supervision", "agri-centre"}
        assert "样例修路队" not in last.body.decode()


@pytest.mark.parametrize(
    "host", ["127.0.0.1", "[::1]", "10.1.2.3", "169.254.169.254", "[::ffff:192.168.0.9]", "0"]
)
def test_no_spelling_of_an_inner_address_is_posted_to(village: Village, host: str) -> None:
    to_committee(village, date(2021, 2, 1), 5_000)
    settings = settings_of(village, webhook_url=f"http://{host}:9/", webhook_secret="s")
    assert run(village, settings).ended == {"dead": 1}


def test_who_stands_in_is_told_and_who_is_away_is_not(village: Village) -> None:
    to_committee(village, date(2021, 2, 1), 5_000)
    box = village.root.parent / "box"
    settings = settings_of(village, channels={"log": f"file:{box}"})
    for person in ("agri1", "first1", "cadre1"):
        reach(village, person, "log")
    with village.engine.begin() as conn:
        contacts.go(conn, Absence("agri1", date(2021, 2, 2), date(2021, 2, 5)), MORNING)
    assert run(village, settings).ended == {"sent": 1}
    told = [json.loads(line)["to"] for line in box.read_text().splitlines()]
    assert told == ["1380000cadre1"]  # nobody is there: the first of the ladder knows at once
    with village.engine.begin() as conn:
        loan = Loan("first1", date(2021, 2, 2), date(2021, 2, 5), (), "外出")
        acts.lend_seat(conn, hand("agri1"), village.desk(), "agri-centre", loan)
    assert run(village, settings).ended == {"sent": 1}
    assert json.loads(box.read_text().splitlines()[-1])["to"] == "1380000first1"


def test_the_pages_keep_contacts_sealed_and_absences_and_show_what_did_not_go(
    village: Village,
) -> None:
    to_committee(village, date(2021, 2, 1), 5_000)
    settings = settings_of(village, smtp_host="127.0.0.1", smtp_port=1)
    with counter_of(village, date(2021, 2, 3)) as client:
        csrf = enter(client, village, "sup1")
        form = {"csrf": csrf, "address-mail": "sup1@people.example", "language": "zh"}
        bad = client.post("/reminders", data={**form, "address-mail": "a@b\nBcc: c@d.example"})
        assert "W340" in bad.text
        assert "已保存" in client.post("/reminders", data=form).text
        away = {"csrf": csrf, "from": "2021-02-03", "until": "2021-02-10"}
        assert "W341" in client.post("/seats/away", data={**away, "until": "2021-02-02"}).text
        assert "2021-02-10" in client.post("/seats/away", data=away).text
        assert "监小甲（外出）" in client.get("/progress").text
        client.post("/seats/here", data={"csrf": csrf, "from": "2021-02-03"})
        assert "监小甲（外出）" not in client.get("/progress").text
        run(village, settings)
        assert (
            client.post("/reminders/again", data={"csrf": csrf, "letter": "x"}).status_code == 403
        )
        with village.engine.begin() as conn:
            conn.exec_driver_sql("UPDATE letter SET state = 'dead', said = '样例原因'")
        assert "没有送到" in client.get("/reminders").text
        csrf = enter(client, village, "registrar")
        page = client.get("/reminders").text
        assert "样例原因" in page
        with village.engine.begin() as conn:
            (stuck,) = outbox.not_gone(conn)
        client.post("/reminders/again", data={"csrf": csrf, "letter": stuck.id})
        assert "都送到了" in client.get("/reminders").text
    raw = Path(village.engine.url.database or "").read_bytes()
    assert b"sup1@people.example" not in raw
