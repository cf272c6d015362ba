/** Degrees to viewBox units and back, on a map that is linear in both directions. */

export interface Point {
  lon: number;
  lat: number;
}

/** What the viewBox shows: its own extent in user units, and the degrees of its four sides. */
export interface Frame {
  west: number;
  east: number;
  south: number;
  north: number;
  x: number;
  y: number;
  width: number;
  height: number;
}

function between(low: number, value: number, high: number): number {
  return Math.min(Math.max(value, low), high);
}

/** The point itself when inside the frame, else the nearest one on its edge. */
export function place(frame: Frame, point: Point): Point {
  return { lon: between(frame.west, point.lon, frame.east), lat: between(frame.south, point.lat, frame.north) };
}

export function project(frame: Frame, { lon, lat }: Point): { x: number; y: number } {
  return {
    x: frame.x + ((lon - frame.west) / (frame.east - frame.west)) * frame.width,
    y: frame.y + ((frame.north - lat) / (frame.north - frame.south)) * frame.height,
  };
}

export function unproject(frame: Frame, x: number, y: number): Point {
  return {
    lon: frame.west + ((x - frame.x) / frame.width) * (frame.east - frame.west),
    lat: frame.north - ((y - frame.y) / frame.height) * (frame.north - frame.south),
  };
}
