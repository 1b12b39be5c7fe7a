// Spans: how many columns each panel takes, so that no row of the grid has a hole at its end.

// `widths`: the columns that each asks for, in the order in which they are laid: each at the first place that has room, as the grid does.
export function spans(widths, columns) {
  const rows = [];
  const taken = widths.map((wanted, index) => {
    const width = Math.min(wanted, columns);
    const row = rows.find(({ free }) => free >= width) ?? rows[rows.push({ free: columns }) - 1];
    row.free -= width;
    row.last = index;
    return width;
  });
  for (const { free, last } of rows) taken[last] += free;
  return taken;
}
