/**
 * Where a photo was taken, read in the browser from the EXIF of a JPEG: nothing is sent, and the reporter decides whether to use it.
 *
 * JPEG is a row of segments, each marked 0xFF and a kind, with its length; APP1 (0xE1) with "Exif" holds a TIFF: entries of 12 bytes, of which
 * 0x8825 points to the GPS entries: 1 N or S, 2 latitude, 3 E or W, 4 longitude, each as degrees, minutes, seconds in fractions (Exif 2.32, 4.6.6).
 * Example: 34°42'0" N 113°30'0" E becomes { lon: 113.5, lat: 34.7 }.
 */
import type { Point } from "./projection";

const MOST = 256 * 1024; // the header lies at the beginning of the file

class Tiff {
  private readonly little: boolean;

  constructor(private readonly view: DataView, private readonly start: number) {
    this.little = view.getUint16(start) === 0x4949;
  }

  short(at: number): number {
    return this.view.getUint16(this.start + at, this.little);
  }

  long(at: number): number {
    return this.view.getUint32(this.start + at, this.little);
  }

  letter(at: number): string {
    return String.fromCharCode(this.view.getUint8(this.start + at));
  }

  /** By tag, where the entries of the directory at this offset begin. */
  entries(directory: number): Map<number, number> {
    const found = new Map<number, number>();
    for (let each = 0; each < this.short(directory); each += 1) {
      const at = directory + 2 + each * 12;
      found.set(this.short(at), at);
    }
    return found;
  }

  degrees(entry: number): number {
    const at = this.long(entry + 8);
    const part = (place: number): number => this.long(at + place * 8) / this.long(at + place * 8 + 4);
    return part(0) + part(1) / 60 + part(2) / 3600;
  }
}

function tiffIn(view: DataView): Tiff | null {
  if (view.byteLength < 4 || view.getUint16(0) !== 0xffd8) return null;
  let at = 2;
  while (at + 10 < view.byteLength && view.getUint8(at) === 0xff) {
    const isExif = view.getUint8(at + 1) === 0xe1 && view.getUint32(at + 4) === 0x45786966;
    if (isExif) return new Tiff(view, at + 10);
    at += 2 + view.getUint16(at + 2);
  }
  return null;
}

function pointIn(tiff: Tiff): Point | null {
  const gps = tiff.entries(tiff.long(4)).get(0x8825);
  const found = gps === undefined ? new Map<number, number>() : tiff.entries(tiff.long(gps + 8));
  const [north, latitude, east, longitude] = [1, 2, 3, 4].map((tag) => found.get(tag));
  if (north === undefined || latitude === undefined || east === undefined || longitude === undefined) return null;
  const lat = tiff.degrees(latitude) * (tiff.letter(north + 8) === "S" ? -1 : 1);
  const lon = tiff.degrees(longitude) * (tiff.letter(east + 8) === "W" ? -1 : 1);
  return Number.isFinite(lon) && Number.isFinite(lat) && (lon !== 0 || lat !== 0) ? { lon, lat } : null;
}

/** Where the photo was taken; null when it does not say, or says it badly. */
export async function takenAt(photo: File): Promise<Point | null> {
  try {
    const tiff = tiffIn(new DataView(await photo.slice(0, MOST).arrayBuffer()));
    return tiff && pointIn(tiff);
  } catch {
    return null; // a header that ends too early
  }
}
