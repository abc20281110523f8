"""Pictures to take away: charts as SVG and PNG, and cards for who shares a page.

Each is drawn from the same marks as the drawing in the page, of one edition, and
carries in it what somebody needs who finds it without its page: what is drawn, of how
many, in which unit, by which method, of which edition, from where.
"""
