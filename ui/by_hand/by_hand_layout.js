// Layout: from the sizes of boxes to their places. "Along" is the way from x to the output, "across" the other one.

const GAP = 12; // px free on both sides of a derivative
const LOOSER = 90; // px by which a gap may grow where there is room
const APART = 16; // px between two boxes across
const CROSSING = 34; // px that an edge takes where it crosses a column
const SWEEPS = 6;

// Places of nodes (by name) and tracks of edges: { points, chip, end }. `room` is how long it may be without being too long.
export function arranged(picture, nodeSize, slopeSize, room) {
  const columns = measured(picture, nodeSize, slopeSize, room);
  const rows = straightened(picture, nodeSize);
  const centre = (name, { place }) => [columns[place[0]].start + columns[place[0]].size / 2, rows.get(name)];
  const nodes = new Map(picture.nodes.map((node) => [node.name, centre(node.name, node)]));
  const column = Object.fromEntries(picture.nodes.map(({ name, place }) => [name, place[0]]));
  const tracks = picture.edges.map((edge, number) => track(edge, number, { nodes, rows, columns, column, nodeSize }));
  spread(picture, tracks, column, (number) => slopeSize(number)[1]);
  const ends = [
    ...picture.nodes.map(({ name }) => [rows.get(name), nodeSize(name)[1]]),
    ...tracks.map(({ chip }, number) => [chip[1], slopeSize(number)[1]]),
    ...[...rows].filter(([name]) => !nodes.has(name)).map(([, at]) => [at, 4]),
  ];
  const first = Math.min(...ends.map(([at, size]) => at - size / 2)) - 2;
  const last = Math.max(...ends.map(([at, size]) => at + size / 2)) + 2;
  const shift = (at) => (at[1] -= first);
  nodes.forEach(shift);
  tracks.forEach(({ points, chip, end }) => [...points, chip, end].forEach(shift));
  const { start, size } = columns.at(-1);
  return { along: start + size + 2, across: last - first, nodes, tracks };
}

// Where each column begins, and how long it is.
function measured({ nodes, edges }, nodeSize, slopeSize, room) {
  const last = Math.max(...nodes.map(({ place }) => place[0]));
  const sizes = Array.from({ length: last + 1 }, () => 0);
  const gaps = Array.from({ length: last }, () => 0);
  const column = Object.fromEntries(nodes.map(({ name, place }) => [name, place[0]]));
  for (const { name } of nodes) sizes[column[name]] = Math.max(sizes[column[name]], nodeSize(name)[0]);
  edges.forEach(({ of }, number) => {
    const gap = column[of] - 1;
    gaps[gap] = Math.max(gaps[gap], slopeSize(number)[0] + 2 * GAP);
  });
  const needed = [...sizes, ...gaps].reduce((total, one) => total + one, 4);
  const looser = gaps.length ? Math.min(LOOSER, Math.max(0, room - needed) / gaps.length) : 0;
  let start = 2;
  return sizes.map((size, at) => {
    const found = { start, size };
    start += size + (gaps[at] ?? 0) + looser;
    return found;
  });
}

// How far across every node (by name) and every crossing (by "edge/column") lies: near its neighbours, so that edges run straight.
function straightened({ nodes, edges }, nodeSize) {
  const columns = [];
  const add = (item, [at, order], size) => ((columns[at] ??= [])[order] = { item, size: size + APART });
  const links = new Map();
  const link = (one, other) => {
    for (const [from, to] of [[one, other], [other, one]]) links.set(from, [...(links.get(from) ?? []), to]);
  };
  for (const { name, place } of nodes) add(name, place, nodeSize(name)[1]);
  edges.forEach(({ of, by, bends }, number) => {
    bends.forEach((bend) => add(crossing(number, bend[0]), bend, CROSSING));
    const way = [of, ...bends.map(([at]) => crossing(number, at)), by];
    way.slice(1).forEach((item, order) => link(way[order], item));
  });
  const rows = new Map();
  const settle = (column, beside) => {
    const near = new Set(beside?.map(({ item }) => item));
    const wished = column.map(({ item }) => {
      const found = (links.get(item) ?? []).filter((one) => near.has(one)).map((one) => rows.get(one));
      return found.length ? found.reduce((total, one) => total + one, 0) / found.length : rows.get(item) ?? 0;
    });
    apart(wished, column.map(({ size }) => size)).forEach((at, order) => rows.set(column[order].item, at));
  };
  for (let sweep = 0; sweep < SWEEPS; sweep++) {
    if (sweep % 2) for (let at = columns.length - 2; at >= 0; at--) settle(columns[at], columns[at + 1]);
    else columns.forEach((column, at) => settle(column, columns[at - 1]));
  }
  return rows;
}

function crossing(number, column) {
  return `${number}/${column}`;
}

// The corners of an edge from its operand to its result, and where its derivative stands.
function track({ of, by, bends }, number, { nodes, rows, columns, column, nodeSize }) {
  const [from, to] = [nodes.get(by), nodes.get(of)];
  const points = [[from[0] + nodeSize(by)[0] / 2, from[1]]];
  for (const [at] of [...bends].reverse()) {
    const { start, size } = columns[at];
    const across = rows.get(crossing(number, at));
    points.push([start, across], [start + size, across]);
  }
  const end = [to[0] - nodeSize(of)[0] / 2, to[1]];
  const [before, here] = [columns[column[of] - 1], columns[column[of]]];
  return { points, end, chip: [(before.start + before.size + here.start) / 2, (points.at(-1)[1] + end[1]) / 2] };
}

// Derivatives that stand in the same gap must not lie on each other.
function spread({ edges }, tracks, column, wide) {
  const gaps = new Map();
  edges.forEach(({ of }, number) => gaps.set(column[of], [...(gaps.get(column[of]) ?? []), number]));
  for (const numbers of gaps.values()) {
    numbers.sort((a, b) => tracks[a].chip[1] - tracks[b].chip[1] || a - b);
    const places = apart(numbers.map((number) => tracks[number].chip[1]), numbers.map((number) => wide(number) + 6));
    numbers.forEach((number, order) => (tracks[number].chip[1] = places[order]));
  }
}

// Places as near as possible to those wished for, in their order, none nearer to the next than their sizes allow.
function apart(wished, sizes) {
  const blocks = []; // boxes that touch: where the first one begins, what they take, the sum of where each wants that beginning
  wished.forEach((wish, order) => {
    const begins = wish - sizes[order] / 2;
    let block = { begins, takes: sizes[order], count: 1, wishes: begins };
    while (blocks.length && blocks.at(-1).begins + blocks.at(-1).takes > block.begins) {
      const before = blocks.pop();
      const [count, wishes] = [before.count + block.count, before.wishes + block.wishes - block.count * before.takes];
      block = { begins: wishes / count, takes: before.takes + block.takes, count, wishes };
    }
    blocks.push(block);
  });
  const places = [];
  for (let { begins, count } of blocks) {
    for (; count > 0; count--) {
      const size = sizes[places.length];
      places.push(begins + size / 2);
      begins += size;
    }
  }
  return places;
}
