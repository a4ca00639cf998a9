"""The bytes of an act: what a key signs, and the line that is kept."""

from datetime import datetime, timedelta, timezone

from ledger.log.act import Act, Signature, line

AT = datetime(2021, 5, 3, 9, 0, 1, tzinfo=timezone(timedelta(hours=8)))
ACT = Act("v1", "k1", AT, "p1", "s1", "pin", "n1", "x1", {"a": 1})
STATEMENT = (
    b'{"at":"2021-05-03T09:00:01+08:00","body":{"a":1},"format":1,"kind":"k1","method":"pin",'
    b'"nonce":"n1","person":"p1","seat":"s1","subject":"x1","village":"v1"}'
)


def test_the_bytes_of_an_act() -> None:
    assert ACT.to_sign() == b"mingbai/act/v1\n" + STATEMENT
    kept = b'{"seq":7,"signatures":[{"alg":"a1","key":"k","value":"ab"}],"statement":'
    assert line(7, ACT, (Signature("k", "a1", "ab"),)) == kept + STATEMENT + b"}"
