/** Look through all recordings, and do something with one, some or all that are shown. */

import { mdiArrowUp } from "@mdi/js";
import { html, nothing, type PropertyValues } from "lit";
import { customElement, query, state } from "lit/decorators.js";
import { navigate } from "../hass.ts";
import "../parts/delete.ts";
import type { DeleteDialog } from "../parts/delete.ts";
import { icon } from "../parts/icon.ts";
import "../parts/notice.ts";
import type { Changed, Recording, What } from "../types.ts";
import { View } from "../view.ts";
import "./details.ts";
import type { RecordingDetails } from "./details.ts";
import "./empty.ts";
import "./export.ts";
import type { ExportDialog } from "./export.ts";
import type { Rows } from "./feed.ts";
import { type Choice, choiceOf, queryOf, recordingOf } from "./filter.ts";
import "./filters.ts";
import { Formats } from "./format.ts";
import { historyStyles } from "./history-styles.ts";
import "./hold.ts";
import type { HoldDialog } from "./hold.ts";
import "./list.ts";
import type { ChooseEvent, OpenEvent, RecordingList } from "./list.ts";
import { HistoryModel } from "./model.ts";
import type { Look } from "./row.ts";
import "./search.ts";
import "./search-progress.ts";
import "./selection-bar.ts";

const ADDRESS = "/voice-retention/history";

/** Where the details do not fit beside the list, and where a row does not fit into one line. */
const ROOM_FOR_DETAILS = 760;
const ROOM_FOR_LINE = 680;
const DETAILS = 420;

/** Rows that are drawn before anything is known of them. */
const WAITING: Rows = { total: 12, get: () => undefined, want: () => undefined };

@customElement("vr-history")
export class HistoryView extends View {
  static override styles = [...View.styles, historyStyles];

  protected override readonly follows: Changed[] = ["recordings"];
  @state() private opened = recordingOf(location.search);
  /** Counts what changed in the model. */
  @state() private version = 0;
  @state() private width = 0;
  @query("vr-recording-list") private list!: RecordingList | null;
  @query("vr-details") private details!: RecordingDetails | null;
  @query("vr-delete") private deleting!: DeleteDialog;
  @query("vr-hold") private holding!: HoldDialog;
  @query("vr-export") private exporting!: ExportDialog;

  private model!: HistoryModel;
  private look: Look | undefined;
  private asked: What | undefined;
  private readonly moved = () => this.readAddress();
  private readonly sized = new ResizeObserver(([entry]) => {
    this.width = entry?.contentRect.width ?? 0;
  });

  override connectedCallback(): void {
    super.connectedCallback();
    window.addEventListener("location-changed", this.moved);
    window.addEventListener("popstate", this.moved);
    this.sized.observe(this);
    this.width = this.clientWidth;
    this.model = new HistoryModel(
      this.api,
      this.hass.config.time_zone,
      choiceOf(location.search),
      () => {
        this.version += 1;
      },
    );
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    window.removeEventListener("location-changed", this.moved);
    window.removeEventListener("popstate", this.moved);
    this.sized.disconnect();
    this.model.end();
  }

  override willUpdate(changed: PropertyValues): void {
    const narrow = this.listWidth < ROOM_FOR_LINE;
    if (!this.look || changed.has("texts") || this.look.narrow !== narrow) {
      const isKnown = this.look && !changed.has("texts");
      const formats = isKnown && this.look ? this.look.formats : new Formats(this.hass);
      this.look = { texts: this.texts, formats, narrow };
    }
  }

  override render() {
    const isCovered = this.isPaged && this.opened !== "";
    return html`
      <div class="view ${this.opened ? "open" : ""} ${this.isPaged ? "paged" : ""}">
        <div class="list" ?inert=${isCovered}>${this.head()} ${this.content()}</div>
        ${this.opened ? this.sheet() : nothing}
      </div>
      ${this.dialogs()}
    `;
  }

  protected override changed(): void {
    void this.model.look(this.list?.isAtTop ?? true);
    void this.details?.load();
  }

  /** Whether the details take the whole page. */
  private get isPaged(): boolean {
    return this.width < ROOM_FOR_DETAILS;
  }

  private get listWidth(): number {
    return this.opened && !this.isPaged ? this.width - DETAILS : this.width;
  }

  private head() {
    const { texts, look, model } = this;
    return html`<div class="toolbar">
        <vr-search
          .texts=${texts}
          .text=${model.text}
          @search=${(event: CustomEvent<string>) => model.search(event.detail)}
        ></vr-search>
        <vr-filters
          .texts=${texts}
          .formats=${look?.formats}
          .facets=${model.facets}
          .choice=${model.choice}
          .narrow=${look?.narrow ?? false}
          @choice=${(event: CustomEvent<Choice>) => this.go(event.detail, this.opened, true)}
        ></vr-filters>
      </div>
      ${
        model.finder
          ? html`<vr-search-progress
            .texts=${texts}
            .finder=${model.finder}
            .version=${this.version}
          ></vr-search-progress>`
          : nothing
      }`;
  }

  private content() {
    const { texts, model } = this;
    const { feed, finder, rows } = model;
    const trouble = finder ? undefined : feed.trouble;
    if (trouble) {
      return html`<vr-notice
        is-error
        .texts=${texts}
        .text=${texts.failure(trouble)}
        @retry=${() => feed.retry()}
      ></vr-notice>`;
    }
    const isKnown = finder ? finder.isDone : feed.isReady;
    if (isKnown && rows.total === 0) return this.empty();
    return html`${this.bar()} ${this.trouble()}
      <div class="rows" aria-busy=${!isKnown}>
        ${this.pill()}
        <vr-recording-list
          .rows=${finder || isKnown ? rows : WAITING}
          .look=${this.look}
          .selection=${model.selection}
          .opened=${this.opened}
          .version=${this.version}
          .label=${texts.t("history.title")}
          @open=${(event: OpenEvent) => this.open(event.detail.id)}
          @choose=${({ detail }: ChooseEvent) => model.choose(detail.from, detail.to, detail.isRange)}
          @choose-all=${() => model.chooseAll()}
          @choose-none=${() => model.chooseNone()}
          @delete-chosen=${this.deleteChosen}
        ></vr-recording-list>
      </div>`;
  }

  private bar() {
    const { model, texts } = this;
    return html`<vr-selection-bar
      .texts=${texts}
      .selection=${model.selection}
      .total=${model.rows.total}
      .narrow=${this.look?.narrow ?? false}
      @choose-all=${() => model.chooseAll()}
      @choose-none=${() => model.chooseNone()}
      @hold=${async () => this.holding.ask(await model.chosenIds())}
      @release=${async () => model.release(await model.chosenIds())}
      @export=${() => this.exporting.make(model.what)}
      @delete=${this.deleteChosen}
    ></vr-selection-bar>`;
  }

  private trouble() {
    const { failure } = this.model;
    if (!failure) return nothing;
    return html`<p class="trouble" role="alert">${this.texts.failure(failure)}</p>`;
  }

  private pill() {
    const { feed, finder } = this.model;
    if (!feed.newer || finder) return nothing;
    const { t, number } = this.texts;
    return html`<button class="pill" @click=${this.showNewer}>
      ${icon(mdiArrowUp)} ${t("history.newer", { count: number(feed.newer) })}
    </button>`;
  }

  private empty() {
    const { finder, isFiltered } = this.model;
    return html`<vr-empty-history
      .hass=${this.hass}
      .api=${this.api}
      .texts=${this.texts}
      .because=${finder ? "search" : isFiltered ? "filter" : "nothing"}
      @clear=${() => this.go({}, this.opened, true)}
    ></vr-empty-history>`;
  }

  private sheet() {
    const { api, texts, opened, model } = this;
    const what = { recording_ids: [opened] };
    return html`<vr-details
      .api=${api}
      .texts=${texts}
      .recordingId=${opened}
      .narrow=${this.isPaged}
      @close=${this.close}
      @hold=${() => this.holding.ask([opened])}
      @release=${async () => {
        await model.release([opened]);
        await this.details?.load();
      }}
      @export=${() => this.exporting.make(what)}
      @delete=${() => this.ask(what, texts.t("history.delete_one"))}
    ></vr-details>`;
  }

  private dialogs() {
    const { api, texts, live } = this;
    return html`<vr-delete
        .api=${api}
        .texts=${texts}
        .live=${live}
        @deleted=${this.deleted}
      ></vr-delete>
      <vr-hold
        .api=${api}
        .texts=${texts}
        @held=${(event: CustomEvent<Recording[]>) => {
          this.model.replace(event.detail);
          void this.details?.load();
        }}
      ></vr-hold>
      <vr-export .api=${api} .texts=${texts}></vr-export>`;
  }

  private deleteChosen(): void {
    const { selection, rows, what } = this.model;
    if (selection.isEmpty) return;
    const { t, number } = this.texts;
    const values = { count: number(selection.count(rows.total)) };
    const isEverything = "everything" in what;
    this.ask(what, t(isEverything ? "history.delete_everything" : "history.chosen", values));
  }

  private ask(what: What, about: string): void {
    this.asked = what;
    void this.deleting.ask({ what, about });
  }

  private deleted(): void {
    const { asked, opened } = this;
    if (!asked) return;
    this.model.deleted(asked);
    const isOpenGone = !("recording_ids" in asked) || asked.recording_ids.includes(opened);
    if (opened && isOpenGone) this.close();
    void this.model.look(this.list?.isAtTop ?? true);
  }

  private showNewer(): void {
    this.list?.toTop();
    void this.model.look(true);
  }

  private open(id: string): void {
    if (id !== this.opened) this.go(this.model.choice, id, this.opened !== "");
    void this.updateComplete.then(() => this.details?.focus());
  }

  private close(): void {
    this.go(this.model.choice, "", true);
    void this.updateComplete.then(() => this.list?.focusActive());
  }

  /** Have the address say what is shown, so that a link or the way back leads here. */
  private go(choice: Choice, opened: string, replace = false): void {
    navigate(ADDRESS + queryOf(choice, opened), replace);
  }

  private readAddress(): void {
    if (!location.pathname.startsWith(ADDRESS)) return;
    const choice = choiceOf(location.search);
    this.opened = recordingOf(location.search);
    if (queryOf(choice) !== queryOf(this.model.choice)) this.model.show(choice);
  }
}

declare global {
  interface HTMLElementTagNameMap {
    "vr-history": HistoryView;
  }
}
