/** Delete after showing what that is: a plan, then how far it is, then what came of it. */

import { css, html, LitElement, nothing, type TemplateResult } from "lit";
import { customElement, property, query, state } from "lit/decorators.js";
import type { Api } from "../api.ts";
import type { Live } from "../live.ts";
import type { Texts } from "../texts.ts";
import { base, controls } from "../theme.ts";
import type { DeleteAnswer, PlaceResult, What } from "../types.ts";
import "./dialog.ts";
import type { Dialog } from "./dialog.ts";
import "./notice.ts";
import "./progress.ts";
import "./reach.ts";

export interface DeleteRequest {
  what: What;
  /** What that is in words, such as the name of a satellite. */
  about: string;
  /** Where from; everywhere if left out. */
  places?: string[];
}

type Phase =
  | { name: "planning" | "deleting" }
  | { name: "planned" | "done"; receipt: DeleteAnswer }
  | { name: "failed"; failure: unknown; retry: () => void };

@customElement("vr-delete")
export class DeleteDialog extends LitElement {
  static override styles = [
    base,
    controls,
    css`
      .body {
        display: flex;
        flex-direction: column;
        gap: 16px;
      }
      .about {
        font-weight: var(--ha-font-weight-medium, 500);
        overflow-wrap: anywhere;
      }
      dl {
        display: grid;
        grid-template-columns: 1fr auto;
      }
      dt,
      dd {
        padding-block: 6px;
        border-block-start: var(--vr-line);
      }
      dd {
        padding-inline-start: 16px;
        text-align: end;
        font-variant-numeric: tabular-nums;
      }
      .failed {
        color: var(--error-color);
      }
      summary {
        cursor: pointer;
        font-weight: var(--ha-font-weight-medium, 500);
      }
      details vr-reach {
        margin-block-start: 8px;
      }
    `,
  ];

  @property({ attribute: false }) api!: Api;
  @property({ attribute: false }) texts!: Texts;
  @property({ attribute: false }) live!: Live;

  @state() private request: DeleteRequest | undefined;
  @state() private phase: Phase = { name: "planning" };
  @state() private includeHeld = false;
  @query("vr-dialog") private dialog!: Dialog;
  /** Counts the questions, so that a late answer is not taken for that of another one. */
  private asked = 0;
  private stopFollowing: (() => void) | undefined;

  override connectedCallback(): void {
    super.connectedCallback();
    this.stopFollowing = this.live.on(["status"], () => this.requestUpdate());
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    this.stopFollowing?.();
  }

  /** Show what would be deleted, and ask whether it should be. */
  async ask(request: DeleteRequest): Promise<void> {
    this.request = request;
    this.includeHeld = false;
    void this.plan();
    await this.updateComplete;
    await this.dialog.show();
  }

  override render() {
    const { t } = this.texts;
    return html`<vr-dialog
      .heading=${t(this.phase.name === "done" ? "delete.done" : "delete.title")}
      .closeLabel=${t("common.close")}
    >
      <div class="body">
        ${this.request ? html`<p class="about">${this.request.about}</p>` : nothing}
        <p role="status" class="visually-hidden">${this.announcement()}</p>
        ${this.content()}
      </div>
      ${this.actions()}
    </vr-dialog>`;
  }

  private content(): TemplateResult {
    const { phase } = this;
    switch (phase.name) {
      case "planning":
        return html`<p class="secondary">${this.texts.t("delete.planning")}</p>`;
      case "planned":
        return this.planned(phase.receipt);
      case "deleting":
        return html`<vr-progress
            .texts=${this.texts}
            .progress=${this.live.status?.progress ?? null}
          ></vr-progress>
          <p class="secondary">${this.texts.t("delete.may_leave")}</p>`;
      case "done":
        return this.done(phase.receipt);
      case "failed":
        return html`<vr-notice
          is-error
          .texts=${this.texts}
          .text=${this.texts.failure(phase.failure)}
          @retry=${phase.retry}
        ></vr-notice>`;
    }
  }

  private planned(receipt: DeleteAnswer): TemplateResult {
    const { t, number } = this.texts;
    if (!isAnything(receipt) && receipt.held === 0) {
      return html`<p>${t("delete.nothing")}</p>`;
    }
    return html`
      ${this.isEverywhere() ? html`<p>${t("delete.recordings", { count: number(receipt.recordings) })}</p>` : nothing}
      ${this.placeList(receipt.places, (place) => place.found)}
      ${receipt.held || this.includeHeld ? this.heldChoice(receipt.held) : nothing}
      ${this.reach(receipt)}
    `;
  }

  private done(receipt: DeleteAnswer): TemplateResult {
    const { t } = this.texts;
    return html`
      <p>${t(receipt.complete ? "delete.complete" : "delete.incomplete")}</p>
      ${this.placeList(receipt.places, (place) => place.deleted)}
      ${receipt.held ? html`<p>${t("delete.spared", { count: this.texts.number(receipt.held) })}</p>` : nothing}
      ${this.reach(receipt)}
    `;
  }

  private placeList(places: PlaceResult[], count: (place: PlaceResult) => number): TemplateResult {
    const { known, number } = this.texts;
    const shown = places.filter((place) => count(place) > 0 || place.failed);
    return html`<dl>
      ${shown.map(
        (place) => html`<dt>
            ${known(`places.${place.place}`, place.place)}
            ${
              place.failed
                ? html`<div class="failed small">
                  ${known(`failures.${place.failed}`, place.failed)}
                </div>`
                : nothing
            }
          </dt>
          <dd>${number(count(place))}</dd>`,
      )}
    </dl>`;
  }

  private heldChoice(held: number): TemplateResult {
    const { t, number } = this.texts;
    return html`<div>
      ${held ? html`<p>${t("delete.spared", { count: number(held) })}</p>` : nothing}
      <label class="row">
        <input type="checkbox" .checked=${this.includeHeld} @change=${this.chooseHeld} />
        ${t("delete.include_held")}
      </label>
    </div>`;
  }

  private reach({ out_of_reach }: DeleteAnswer): TemplateResult | typeof nothing {
    if (out_of_reach.length === 0) return nothing;
    const { t, number } = this.texts;
    return html`<details>
      <summary>${t("delete.out_of_reach", { count: number(out_of_reach.length) })}</summary>
      <vr-reach .texts=${this.texts} .items=${out_of_reach}></vr-reach>
    </details>`;
  }

  private actions(): TemplateResult {
    const { t } = this.texts;
    const { phase } = this;
    if (phase.name === "planned" && isAnything(phase.receipt)) {
      return html`<button slot="actions" class="plain" @click=${this.close}>
          ${t("common.cancel")}
        </button>
        <button slot="actions" class="danger" @click=${() => this.delete(phase.receipt)}>
          ${t("delete.delete")}
        </button>`;
    }
    const isUndone = phase.name === "planning" || phase.name === "failed";
    return html`<button slot="actions" class="plain" @click=${this.close}>
      ${t(isUndone ? "common.cancel" : "common.close")}
    </button>`;
  }

  /** What a screen reader says when the phase changes. */
  private announcement(): string {
    const { t, number } = this.texts;
    const { phase } = this;
    switch (phase.name) {
      case "planning":
        return t("delete.planning");
      case "planned":
        return isAnything(phase.receipt)
          ? t("delete.recordings", { count: number(phase.receipt.recordings) })
          : t("delete.nothing");
      case "deleting":
        return t("delete.deleting");
      case "done":
        return t(phase.receipt.complete ? "delete.complete" : "delete.incomplete");
      case "failed":
        return "";
    }
  }

  private plan(): Promise<void> {
    return this.run("planning", "planned", this.request?.what, true, () => this.plan());
  }

  private async delete(plan: DeleteAnswer): Promise<void> {
    const what = this.request?.what;
    // What came since the plan was shown is not part of it.
    const exactly =
      what && "filter" in what && plan.as_of !== null ? { ...what, as_of: plan.as_of } : what;
    await this.run("deleting", "done", exactly, false, () => this.delete(plan));
    if (this.phase.name === "done") {
      this.dispatchEvent(new CustomEvent("deleted", { detail: this.phase.receipt }));
    }
  }

  private async run(
    meanwhile: "planning" | "deleting",
    then: "planned" | "done",
    what: What | undefined,
    dry_run: boolean,
    retry: () => void,
  ): Promise<void> {
    if (!what) return;
    this.asked += 1;
    const { asked } = this;
    this.phase = { name: meanwhile };
    const places = this.request?.places;
    const options = { dry_run, include_held: this.includeHeld, ...(places ? { places } : {}) };
    try {
      const receipt = await this.api.delete(what, options);
      if (asked === this.asked) this.phase = { name: then, receipt };
    } catch (failure) {
      if (asked === this.asked) this.phase = { name: "failed", failure, retry };
    }
  }

  private isEverywhere(): boolean {
    const places = this.request?.places;
    return places === undefined || places.includes("vault");
  }

  private chooseHeld(event: Event): void {
    this.includeHeld = (event.target as HTMLInputElement).checked;
    void this.plan();
  }

  private close(): void {
    this.dialog.close();
  }
}

/** Whether there is something to delete, or a place could not say so. */
function isAnything({ places }: DeleteAnswer): boolean {
  return places.some((place) => place.found > 0 || place.failed);
}
