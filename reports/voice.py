"""The loudspeaker's script as sound: espeak-ng where it is installed, reading pinyin."""

import io
import shutil
import subprocess
import wave
from typing import NamedTuple

from pypinyin import Style, lazy_pinyin

from disclosure import broadcast
from ledger.refusal import Refusal

PROGRAM = "espeak-ng"
VOICE = "cmn-latn-pinyin"  # the voice for hanzi misreads them
SPEED = "140"  # makes about as many syllables a minute as `broadcast.A_MINUTE` reckons
PAUSES = str.maketrans("，。、；：！？\n“”", ",.,;:!?.  ")
PATIENCE = 60


class Sound(NamedTuple):
    """A script as sound: WAV bytes and how many seconds it takes."""

    wav: bytes
    seconds: float


def installed() -> bool:
    """Tell whether this machine can speak."""
    return shutil.which(PROGRAM) is not None


def pinyin(text: str) -> str:
    """Return a script as pinyin with tone digits and plain stops, as the voice reads it."""
    said = "\n".join(broadcast.say(row) for row in text.splitlines())
    parts = lazy_pinyin(said, style=Style.TONE3, neutral_tone_with_five=True)
    return " ".join(parts).translate(PAUSES)


def sound(text: str) -> Sound:
    """Return a script as a WAV file.

    Raises:
        NoVoice: espeak-ng is not installed, or could not read the script.
    """
    program = shutil.which(PROGRAM)
    if program is None:
        raise NoVoice
    command = [program, "-v", VOICE, "-s", SPEED, "--stdin", "--stdout"]
    try:
        done = subprocess.run(  # noqa: S603 - a fixed command; the script goes through a pipe
            command, input=pinyin(text).encode(), capture_output=True, check=True, timeout=PATIENCE
        )
    except (OSError, subprocess.SubprocessError) as fault:
        raise NoVoice from fault
    return _whole(done.stdout)


def _whole(streamed: bytes) -> Sound:
    # Into a pipe espeak-ng writes a head that promises endless sound; players want the true length.
    with wave.open(io.BytesIO(streamed)) as reader:
        kept, samples = reader.getparams(), streamed[44:]
    out = io.BytesIO()
    with wave.open(out, "wb") as writer:
        writer.setparams(kept)
        writer.writeframes(samples)
    rate = kept.framerate * kept.nchannels * kept.sampwidth
    return Sound(out.getvalue(), len(samples) / rate)


class NoVoice(Refusal):
    """The machine has no espeak-ng, so there is the script alone."""

    code = "P010"
    says = "本机没有安装语音程序 espeak-ng（或它出了故障），只能给出广播稿文字，请人照着念。"
    rule = "apt install espeak-ng"
    status = 503
