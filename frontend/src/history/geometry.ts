/** Where the rows of a very long list are, of which only those in sight exist. */

/** Browsers lay nothing out beyond some 17 million pixels; a longer list is scrolled faster. */
export const MAX_HEIGHT = 12_000_000;

export interface Range {
  first: number;
  /** Exclusive. */
  last: number;
}

export class Geometry {
  readonly height: number;
  private readonly ratio: number;

  readonly total: number;
  readonly rowHeight: number;
  readonly viewport: number;

  constructor(total: number, rowHeight: number, viewport: number) {
    this.total = total;
    this.rowHeight = rowHeight;
    this.viewport = viewport;
    const real = total * rowHeight;
    this.height = Math.min(real, MAX_HEIGHT);
    this.ratio = real > this.height ? (real - viewport) / (this.height - viewport) : 1;
  }

  /** The rows that are in sight, and a few around them. */
  range(scrollTop: number, around = 0): Range {
    const top = scrollTop * this.ratio;
    const first = Math.floor(top / this.rowHeight) - around;
    const last = Math.ceil((top + this.viewport) / this.rowHeight) + around;
    return { first: this.within(first), last: this.within(last) };
  }

  /** Where a row is drawn while the list is scrolled so far. */
  top(index: number, scrollTop: number): number {
    return index * this.rowHeight - scrollTop * (this.ratio - 1);
  }

  /** How far to scroll, and no farther, to have a row in sight. */
  reveal(index: number, scrollTop: number): number {
    const at = scrollTop * this.ratio;
    const top = index * this.rowHeight;
    const bottom = top + this.rowHeight - this.viewport;
    if (top < at) return top / this.ratio;
    if (bottom > at) return bottom / this.ratio;
    return scrollTop;
  }

  /** How many rows fit, for a key that turns a page. */
  get page(): number {
    return Math.max(1, Math.floor(this.viewport / this.rowHeight) - 1);
  }

  private within(index: number): number {
    return Math.min(Math.max(index, 0), this.total);
  }
}
