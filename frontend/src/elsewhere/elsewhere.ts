/** Show every place that holds voice data, how much, and what nobody can reach from here. */

import { mdiCheckCircleOutline, mdiMapMarkerCheckOutline, mdiRefresh } from "@mdi/js";
import { css, html, nothing, type TemplateResult } from "lit";
import { customElement, query, state } from "lit/decorators.js";
import "../parts/delete.ts";
import type { DeleteDialog } from "../parts/delete.ts";
import { icon } from "../parts/icon.ts";
import "../parts/notice.ts";
import "../parts/reach.ts";
import type { HeldPlace, Places } from "../types.ts";
import { View } from "../view.ts";
import "./place.ts";

@customElement("vr-elsewhere")
export class ElsewhereView extends View {
  static override styles = [
    ...View.styles,
    css`
      .page {
        display: flex;
        flex-direction: column;
        gap: 24px;
        max-width: 1200px;
        margin-inline: auto;
        padding: 24px 16px 48px;
      }
      .head {
        display: flex;
        align-items: flex-start;
        justify-content: space-between;
        gap: 16px;
      }
      .head p {
        max-width: 64ch;
        margin-block-start: 8px;
      }
      .places {
        display: grid;
        grid-template-columns: repeat(auto-fill, minmax(min(100%, 320px), 1fr));
        gap: 16px;
      }
      .empty {
        display: grid;
        grid-template-columns: repeat(auto-fill, minmax(min(100%, 320px), 1fr));
        gap: 8px 24px;
        margin-block-start: 8px;
      }
      dt {
        display: flex;
        align-items: center;
        gap: 8px;
      }
      dt svg {
        color: var(--vr-local);
      }
      dd {
        padding-inline-start: 24px;
        text-wrap: pretty;
      }
      section > p {
        max-width: 64ch;
        margin-block: 8px 16px;
      }
    `,
  ];

  @state() private found: Places | undefined;
  @state() private failure: unknown;
  @state() private isLooking = false;
  @query("vr-delete") private dialog!: DeleteDialog;

  override connectedCallback(): void {
    super.connectedCallback();
    void this.look();
  }

  override render() {
    const { t } = this.texts;
    return html`<div class="page">
        <div class="head">
          <div>
            <h2>${t("elsewhere.heading")}</h2>
            <p class="secondary">${t("elsewhere.about")}</p>
          </div>
          <button class="plain" ?disabled=${this.isLooking} @click=${this.look}>
            ${icon(mdiRefresh)} ${t("elsewhere.look_again")}
          </button>
        </div>
        <p role="status" class="visually-hidden">${this.isLooking ? t("elsewhere.looking") : ""}</p>
        ${this.content()}
      </div>
      <vr-delete
        .api=${this.api}
        .texts=${this.texts}
        .live=${this.live}
        @deleted=${this.look}
      ></vr-delete>`;
  }

  private content(): TemplateResult {
    const { t, failure: sentence } = this.texts;
    if (this.failure) {
      return html`<vr-notice
        is-error
        .texts=${this.texts}
        .text=${sentence(this.failure)}
        @retry=${this.look}
      ></vr-notice>`;
    }
    if (!this.found) {
      return html`<vr-notice .texts=${this.texts} .text=${t("elsewhere.looking")}></vr-notice>`;
    }
    const { places, out_of_reach } = this.found;
    return html`
      ${
        !places.some(holdsAnything)
          ? html`<vr-notice
            .texts=${this.texts}
            .icon=${mdiMapMarkerCheckOutline}
            .heading=${t("elsewhere.nothing")}
            .text=${t("elsewhere.nothing_about")}
          ></vr-notice>`
          : nothing
      }
      <div class="places">${places.filter(holdsAnything).map((place) => this.place(place))}</div>
      ${this.empty(places.filter((place) => !holdsAnything(place)))}
      <section class="card" aria-labelledby="reach">
        <h2 id="reach">${t("elsewhere.out_of_reach")}</h2>
        <p class="secondary">
          ${t(out_of_reach.length ? "elsewhere.out_of_reach_about" : "elsewhere.all_in_reach")}
        </p>
        <vr-reach .texts=${this.texts} .items=${out_of_reach}></vr-reach>
      </section>
    `;
  }

  private place(place: HeldPlace): TemplateResult {
    return html`<vr-place
      .texts=${this.texts}
      .place=${place}
      @purge=${() => this.purge(place.place)}
    ></vr-place>`;
  }

  private empty(places: HeldPlace[]): TemplateResult | typeof nothing {
    if (places.length === 0) return nothing;
    const { t, known } = this.texts;
    return html`<section class="card" aria-labelledby="empty">
      <h2 id="empty">${t("elsewhere.holds_nothing")}</h2>
      <dl class="empty">
        ${places.map(
          ({ place }) => html`<div>
            <dt>${icon(mdiCheckCircleOutline, 16)} ${known(`places.${place}`, place)}</dt>
            <dd class="secondary small">${known(`places_about.${place}`, "")}</dd>
          </div>`,
        )}
      </dl>
    </section>`;
  }

  private purge(place: string): void {
    void this.dialog.ask({
      what: { everything: true },
      places: [place],
      about: this.texts.known(`places.${place}`, place),
    });
  }

  private async look(): Promise<void> {
    if (this.isLooking) return;
    this.isLooking = true;
    try {
      this.found = await this.api.places();
      this.failure = undefined;
    } catch (failure) {
      this.failure = failure;
    } finally {
      this.isLooking = false;
    }
  }
}

/** A place that cannot be looked into may hold something. */
function holdsAnything({ holds }: HeldPlace): boolean {
  return holds !== 0;
}
