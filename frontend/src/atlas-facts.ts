/** What the server says of grids, cases and posts, and how it is put together for the map. No DOM, no map: only values. */

export interface GridProperties {
  code: string;
  name: string;
  level: number;
  path: string;
  leaf: boolean;
  at: [number, number];
}
export interface GridFeature {
  type: "Feature";
  properties: GridProperties & { n?: number; late?: number; posts?: string; vacant?: boolean };
  geometry: { type: string; coordinates: unknown };
}
export interface Grids {
  type: "FeatureCollection";
  features: GridFeature[];
}
/** [lon, lat, state, late, category, number]; state and category are places in the lists. */
export type CasePoint = [number, number, number, number, number, string];
export interface Cases {
  states: [string, string][];
  categories: string[];
  address: string;
  points: CasePoint[];
  counts: Record<string, [number, number]>;
}
export interface Post {
  title: string;
  people: string[];
  vacant: boolean;
}
export type Posts = Record<string, Post[]>;

/** For every path, how many lie there or below and how many of them are late: each place counts for all above it. */
export function withAbove(counts: Cases["counts"]): Map<string, [number, number]> {
  const found = new Map<string, [number, number]>();
  for (const [place, [n, late]] of Object.entries(counts)) {
    for (let end = place.length; end > 0; end = place.lastIndexOf("/", end - 1)) {
      const path = place.slice(0, end);
      const known = found.get(path) ?? [0, 0];
      found.set(path, [known[0] + n, known[1] + late]);
    }
  }
  return found;
}

/** What the map itself is given of the cells: outline, counts, and the place in the list where the rest is found. */
export function drawnOf(cells: Grids): object {
  const features = cells.features.map(({ geometry, properties: { n, late } }, place) => ({ type: "Feature", geometry, properties: { place, n, late } }));
  return { type: "FeatureCollection", features };
}

/** The cells of one level, and shallower ones with nothing drawn below them, with their counts. */
export function cellsOf(grids: Grids, level: number, counts: Map<string, [number, number]>): Grids {
  const shown = grids.features.filter(({ properties: { level: at, leaf } }) => at === level || (leaf && at < level));
  for (const { properties } of shown) [properties.n, properties.late] = counts.get(properties.path) ?? [0, 0];
  return { type: "FeatureCollection", features: shown };
}

/** A point for each cell, where its words stand: its name, and who answers for it. */
export function namesOf(cells: Grids, posts: Posts | null, vacantWord: string): object {
  const features = cells.features.map(({ properties }) => ({
    type: "Feature",
    properties: { name: properties.name, ...(posts ? postWords(posts[properties.path], vacantWord) : {}) },
    geometry: { type: "Point", coordinates: properties.at },
  }));
  return { type: "FeatureCollection", features };
}

/** Who answers for the cell, once each; a vacant post by its title. The rest is in the popup and in the list. */
function postWords(held: Post[] | undefined, vacantWord: string): object {
  if (!held?.length) return {};
  const vacant = held.filter((post) => post.vacant).map(({ title }) => `${vacantWord}:${title}`);
  const people = [...new Set(held.flatMap((post) => post.people))].join("、");
  return { posts: [...vacant, people].filter(Boolean).join("\n"), vacant: vacant.length > 0 };
}

export function pointsOf(cases: Cases): object {
  const features = cases.points.map(([lon, lat, , late], place) => ({
    type: "Feature",
    properties: { place, late },
    geometry: { type: "Point", coordinates: [lon, lat] },
  }));
  return { type: "FeatureCollection", features };
}

/** West, south, east, north of everything drawn. */
export function boundsOf(grids: Grids): [number, number, number, number] {
  const found: [number, number, number, number] = [180, 90, -180, -90];
  const visit = (coordinates: unknown): void => {
    if (!Array.isArray(coordinates)) return;
    if (typeof coordinates[0] !== "number") return coordinates.forEach(visit);
    const [lon, lat] = coordinates as [number, number];
    found[0] = Math.min(found[0], lon);
    found[1] = Math.min(found[1], lat);
    found[2] = Math.max(found[2], lon);
    found[3] = Math.max(found[3], lat);
  };
  for (const { geometry } of grids.features) visit(geometry.coordinates);
  return found;
}
