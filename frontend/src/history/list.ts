/** Show a very long list of recordings; only the rows in sight exist. */

import { css, html, LitElement, nothing, type PropertyValues } from "lit";
import { customElement, property, query, state } from "lit/decorators.js";
import { repeat } from "lit/directives/repeat.js";
import { base, controls } from "../theme.ts";
import type { Rows } from "./feed.ts";
import { Geometry, type Range } from "./geometry.ts";
import { leadsTo } from "./keys.ts";
import { type Look, ROW_NARROW, ROW_WIDE, row, rowStyles } from "./row.ts";
import type { Selection } from "./selection.ts";

/** Rows drawn beyond what is in sight, so that none is missing while the list moves. */
const AROUND = 6;

/** Somebody wants to see a recording. */
export type OpenEvent = CustomEvent<{ id: string }>;
/** Somebody chooses the rows from one to another; or only the other, or gives it up. */
export type ChooseEvent = CustomEvent<{ from: number; to: number; isRange: boolean }>;

@customElement("vr-recording-list")
export class RecordingList extends LitElement {
  static override styles = [
    base,
    controls,
    rowStyles,
    css`
      :host {
        display: block;
        position: relative;
        min-height: 0;
      }
      .scroller {
        height: 100%;
        overflow-y: auto;
        overscroll-behavior: contain;
      }
      [role="grid"] {
        position: relative;
        overflow: hidden;
        contain: layout;
      }
      .day {
        position: absolute;
        inset-block-start: 8px;
        inset-inline: 0;
        display: grid;
        justify-items: center;
        pointer-events: none;
        z-index: 1;
      }
      .day span {
        padding: 4px 12px;
        border-radius: 14px;
        background: var(--card-background-color);
        box-shadow: 0 1px 4px rgba(0, 0, 0, 0.3);
        font-size: var(--ha-font-size-s, 12px);
        line-height: 20px;
        opacity: 0;
        transition: opacity 0.3s;
      }
      .day.moving span {
        opacity: 1;
      }
    `,
  ];

  @property({ attribute: false }) rows!: Rows;
  @property({ attribute: false }) look!: Look;
  @property({ attribute: false }) selection!: Selection;
  /** The recording whose details are open. */
  @property() opened = "";
  /** Changes whenever rows have. */
  @property({ type: Number }) version = 0;
  @property() label = "";
  @state() private range: Range = { first: 0, last: 0 };
  @state() private active = 0;
  @state() private isMoving = false;
  @query(".scroller") private scroller!: HTMLElement;

  private viewport = 0;
  private offset = 0;
  private anchor = 0;
  private isFocusDue = false;
  private isPlaceDue = false;
  private still: ReturnType<typeof setTimeout> | undefined;
  private readonly resized = new ResizeObserver(() => this.measure());

  /** Whether the newest recording is in sight. */
  get isAtTop(): boolean {
    return this.offset < this.geometry.rowHeight / 2;
  }

  toTop(): void {
    this.scroller.scrollTop = 0;
    this.active = 0;
  }

  /** Give the keyboard back to the row that had it. */
  focusActive(): void {
    this.isFocusDue = true;
    this.requestUpdate();
  }

  override firstUpdated(): void {
    this.resized.observe(this.scroller);
    this.measure();
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    clearTimeout(this.still);
    this.resized.disconnect();
  }

  override connectedCallback(): void {
    super.connectedCallback();
    if (this.hasUpdated) this.resized.observe(this.scroller);
  }

  override willUpdate(changed: PropertyValues<this>): void {
    if (changed.has("rows") && changed.get("rows")) {
      this.active = 0;
      this.anchor = 0;
      if (this.scroller) this.scroller.scrollTop = 0;
      this.offset = 0;
    }
    const before = changed.get("look");
    if (before && before.narrow !== this.look.narrow) this.keepPlace(before);
    this.active = Math.min(this.active, Math.max(0, this.rows.total - 1));
    this.range = this.geometry.range(this.offset, AROUND);
    this.rows.want(this.range.first, this.range.last);
  }

  override render() {
    const { geometry, rows } = this;
    return html`
      <div class="day ${this.isMoving ? "moving" : ""}" aria-hidden="true">
        <span>${this.dayInSight()}</span>
      </div>
      <div class="scroller" @scroll=${this.scrolled}>
        <div
          role="grid"
          class=${this.look.narrow ? "narrow" : ""}
          aria-label=${this.label}
          aria-rowcount=${rows.total}
          aria-multiselectable="true"
          style="height:${geometry.height}px"
          @click=${this.clicked}
          @keydown=${this.pressed}
          @focusin=${this.focused}
        >
          ${repeat(
            this.indexes(),
            (index) => index,
            (index) => this.row(index),
          )}
        </div>
      </div>
    `;
  }

  override updated(): void {
    if (this.isPlaceDue) this.scroller.scrollTop = this.offset;
    this.isPlaceDue = false;
    if (!this.isFocusDue) return;
    this.isFocusDue = false;
    this.renderRoot
      .querySelector<HTMLElement>(`[data-index="${this.active}"]`)
      ?.focus({ preventScroll: true });
  }

  private get geometry(): Geometry {
    return this.geometryOf(this.look);
  }

  private geometryOf({ narrow }: Look): Geometry {
    return new Geometry(this.rows.total, narrow ? ROW_NARROW : ROW_WIDE, this.viewport);
  }

  /** Rows have got another height: show the same ones as before. */
  private keepPlace(before: Look): void {
    const { first } = this.geometryOf(before).range(this.offset);
    this.offset = first * this.geometry.rowHeight;
    this.isPlaceDue = true;
  }

  /** The rows that exist: those in sight, and the one that the keyboard is at. */
  private indexes(): number[] {
    const { first, last } = this.range;
    const indexes = Array.from({ length: last - first }, (_, step) => first + step);
    const isFar = this.active < first || this.active >= last;
    if (this.rows.total > 0 && isFar) {
      if (this.active < first) indexes.unshift(this.active);
      else indexes.push(this.active);
    }
    return indexes;
  }

  private row(index: number) {
    const recording = this.rows.get(index);
    const before = index > 0 ? this.rows.get(index - 1) : undefined;
    const { day } = this.look.formats;
    return row(
      {
        index,
        recording,
        top: this.geometry.top(index, this.offset),
        isFirstOfDay: Boolean(
          recording && before && day(recording.created) !== day(before.created),
        ),
        isSelected: Boolean(recording && this.selection.has(recording.recording_id)),
        isFixed: this.selection.isAll,
        isOpen: recording?.recording_id === this.opened,
        isActive: index === this.active,
      },
      this.look,
    );
  }

  private dayInSight() {
    const { first } = this.geometry.range(this.offset);
    const recording = this.rows.get(first);
    return recording ? this.look.formats.dayLong(recording.created) : nothing;
  }

  private measure(): void {
    this.viewport = this.scroller.clientHeight;
    this.requestUpdate();
  }

  private scrolled(): void {
    this.offset = this.scroller.scrollTop;
    clearTimeout(this.still);
    this.still = setTimeout(() => {
      this.isMoving = false;
    }, 800);
    this.isMoving = true;
    this.requestUpdate();
  }

  private focused(event: FocusEvent): void {
    const index = this.indexOf(event);
    if (index !== undefined) this.active = index;
  }

  private indexOf(event: Event): number | undefined {
    const target = (event.target as HTMLElement).closest<HTMLElement>("[data-index]");
    return target ? Number(target.dataset.index) : undefined;
  }

  private clicked(event: MouseEvent): void {
    const index = this.indexOf(event);
    if (index === undefined) return;
    this.active = index;
    const isChoice = (event.target as HTMLElement).closest(".choose") !== null;
    if (isChoice || event.shiftKey || event.ctrlKey || event.metaKey) {
      this.choose(index, event.shiftKey);
    } else {
      this.open(index);
    }
  }

  private pressed(event: KeyboardEvent): void {
    const { page, total } = this.geometry;
    const to = leadsTo(event.key, this.active, page, total);
    if (to !== undefined) {
      event.preventDefault();
      if (event.shiftKey) this.choose(to, true);
      this.go(to);
    } else if (event.key === "Enter") {
      event.preventDefault();
      this.open(this.active);
    } else if (event.key === " ") {
      event.preventDefault();
      this.choose(this.active, event.shiftKey);
    } else if (event.key === "a" && (event.ctrlKey || event.metaKey)) {
      event.preventDefault();
      this.dispatchEvent(new Event("choose-all"));
    } else if (event.key === "Escape") {
      this.dispatchEvent(new Event("choose-none"));
    } else if (event.key === "Delete") {
      this.dispatchEvent(new Event("delete-chosen"));
    }
  }

  private go(index: number): void {
    this.active = index;
    this.scroller.scrollTop = this.geometry.reveal(index, this.offset);
    this.offset = this.scroller.scrollTop;
    this.focusActive();
  }

  private open(index: number): void {
    const id = this.rows.get(index)?.recording_id;
    if (id) this.dispatchEvent(new CustomEvent("open", { detail: { id } }) as OpenEvent);
  }

  private choose(index: number, isRange: boolean): void {
    if (this.selection.isAll) return;
    if (!isRange) this.anchor = index;
    const detail = { from: this.anchor, to: index, isRange };
    this.dispatchEvent(new CustomEvent("choose", { detail }) as ChooseEvent);
  }
}

declare global {
  interface HTMLElementTagNameMap {
    "vr-recording-list": RecordingList;
  }
}
