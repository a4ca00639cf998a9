"""The verdict as people read it in a terminal."""

from approvals.verify.verdict import Verdict


def report(verdict: Verdict) -> str:
    """Return the verdict in words (zh-CN), several lines."""
    counts = verdict.checked
    head = f"{verdict.name or '（未知村集体）'}（{verdict.village or '—'}）"
    lines = [
        f"账簿核验：{head}",
        f"  登记员密钥：{verdict.registrar or '—'}",
        f"  事件 {counts.events} 条，签名 {counts.signatures} 个，凭证 {counts.vouchers} 张",
        f"  已封账 {counts.months} 个月，文件 {counts.files} 个",
        f"  全部事件的根：{verdict.root or '—'}",
    ]
    lines += [f"  {period} 封账数字：{digits}" for period, digits in verdict.digits.items()]
    if verdict.fault is None:
        lines.append("结论：核验通过，账簿与审签记录完全一致。")
    else:
        lines += ["结论：核验不通过。第一处问题：", f"  {verdict.fault}"]
    return "\n".join(lines) + "\n"
