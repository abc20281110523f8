"""What somebody pastes into their page to show a figure of ours."""

from html import escape

from web.tongue import t

EMBED_WIDTH, EMBED_HEIGHT = 600, 420


def snippet(
    src: str, name: str, width: int = EMBED_WIDTH, height: int = EMBED_HEIGHT
) -> str:
    """What somebody pastes into their page to show a figure of ours."""
    title = t("%(name)s in public, measured by Answerable", name=name)
    return (
        f'<iframe src="{escape(src)}" width="{width}" height="{height}"'
        f' title="{escape(title)}" loading="lazy"'
        ' style="border:0;max-width:100%"></iframe>'
    )
