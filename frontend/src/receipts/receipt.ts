/** Show what one deletion did, place by place. */

import {
  mdiAlertCircleOutline,
  mdiCheckCircleOutline,
  mdiDownload,
  mdiInformationOutline,
  mdiShieldSearch,
} from "@mdi/js";
import { css, html, LitElement, nothing } from "lit";
import { customElement, property, state } from "lit/decorators.js";
import type { Api } from "../api.ts";
import { icon } from "../parts/icon.ts";
import "../parts/reach.ts";
import type { Texts } from "../texts.ts";
import { base, controls } from "../theme.ts";
import type { StoredReceipt, Verification } from "../types.ts";
import "./places.ts";
import { save } from "./save.ts";
import "./verdict.ts";
import { asker, scope } from "./wording.ts";

@customElement("vr-receipt")
export class ReceiptCard extends LitElement {
  static override styles = [
    base,
    controls,
    css`
      :host {
        display: block;
      }
      .card {
        padding: 0;
        overflow: hidden;
      }
      summary {
        display: grid;
        grid-template-columns: 24px minmax(0, 1fr) auto;
        gap: 4px 12px;
        align-items: start;
        padding: 12px 16px;
        cursor: pointer;
        list-style: none;
        outline-offset: -3px;
      }
      summary::-webkit-details-marker {
        display: none;
      }
      summary:hover {
        background: color-mix(in srgb, var(--primary-text-color) 4%, transparent);
      }
      .good {
        color: var(--success-color, #2e7d32);
      }
      .bad {
        color: var(--error-color);
      }
      .title {
        font-weight: var(--ha-font-weight-medium, 500);
        overflow-wrap: anywhere;
      }
      .when {
        text-align: end;
      }
      .body {
        display: flex;
        flex-direction: column;
        gap: 16px;
        padding: 4px 16px 16px;
      }
      @media (min-width: 600px) {
        .body {
          padding-inline-start: 52px;
        }
      }
      @media (max-width: 599px) {
        summary {
          grid-template-columns: 24px minmax(0, 1fr);
        }
        .when {
          grid-column: 2;
          text-align: start;
        }
      }
      .digest {
        overflow-wrap: anywhere;
        font-family: var(--ha-font-family-code, monospace);
      }
    `,
  ];

  @property({ attribute: false }) api!: Api;
  @property({ attribute: false }) texts!: Texts;
  @property({ attribute: false }) receipt!: StoredReceipt;
  @state() private isOpen = false;
  @state() private verification: Verification | undefined;
  @state() private failure: unknown;
  @state() private isBusy = false;

  override render() {
    const { receipt, texts } = this;
    return html`<details
      class="card"
      @toggle=${(event: Event) => {
        this.isOpen = (event.target as HTMLDetailsElement).open;
      }}
    >
      <summary>
        ${this.sign()}
        <span>
          <span class="title">${asker(receipt, texts)}</span>
          <span class="secondary small" style="display:block">
            ${[...scope(receipt, texts), this.outcome()].join(" · ")}
          </span>
        </span>
        <span class="when secondary small">${texts.date(receipt.finished ?? receipt.at)}</span>
      </summary>
      ${this.isOpen ? this.body() : nothing}
    </details>`;
  }

  private sign() {
    const { complete } = this.receipt;
    if (complete === undefined) {
      return html`<span class="secondary">${icon(mdiInformationOutline, 24)}</span>`;
    }
    return complete
      ? html`<span class="good">${icon(mdiCheckCircleOutline, 24)}</span>`
      : html`<span class="bad">${icon(mdiAlertCircleOutline, 24)}</span>`;
  }

  /** How it ended, in a few words. */
  private outcome(): string {
    const { t, number } = this.texts;
    const { places, complete } = this.receipt;
    if (!places) return "";
    const count = number(places.reduce((sum, place) => sum + place.deleted, 0));
    return t(complete ? "receipts.complete" : "receipts.incomplete", { count });
  }

  private body() {
    const { receipt, texts } = this;
    const { t } = texts;
    return html`<div class="body">
      ${receipt.places ? this.deletion() : nothing}
      <div>
        <p class="small secondary">
          ${t("receipts.number", { number: texts.number(receipt.sequence) })}
        </p>
        <p class="small secondary digest">${t("receipts.digest", { digest: receipt.digest })}</p>
      </div>
      <div class="row">
        ${
          receipt.scope
            ? html`<button ?disabled=${this.isBusy} @click=${this.verify}>
              ${icon(mdiShieldSearch)} ${t("receipts.verify")}
            </button>`
            : nothing
        }
        <button class="plain" @click=${this.download}>
          ${icon(mdiDownload)} ${t("receipts.download")}
        </button>
      </div>
      <vr-verdict
        .texts=${texts}
        .verification=${this.verification}
        .failure=${this.failure}
        .isBusy=${this.isBusy}
      ></vr-verdict>
    </div>`;
  }

  private deletion() {
    const { receipt, texts } = this;
    const { t, number } = texts;
    const { places = [], out_of_reach = [], held = 0, interruptions = 0, completes } = receipt;
    return html`
      <vr-place-table .texts=${texts} .places=${places}></vr-place-table>
      ${held ? html`<p>${t("receipts.spared", { count: number(held) })}</p>` : nothing}
      ${
        interruptions
          ? html`<p>${t("receipts.interrupted", { count: number(interruptions) })}</p>`
          : nothing
      }
      ${completes ? html`<p>${t("receipts.completes")}</p>` : nothing}
      ${
        out_of_reach.length
          ? html`<section>
            <h3>${t("receipts.out_of_reach")}</h3>
            <vr-reach .texts=${texts} .items=${out_of_reach}></vr-reach>
          </section>`
          : nothing
      }
    `;
  }

  private async verify(): Promise<void> {
    this.isBusy = true;
    this.failure = undefined;
    this.verification = undefined;
    try {
      this.verification = await this.api.verify([this.receipt.receipt_id]);
    } catch (failure) {
      this.failure = failure;
    } finally {
      this.isBusy = false;
    }
  }

  private download(): void {
    const { names: _, ...written } = this.receipt;
    save(`voice-retention-receipt-${this.receipt.sequence}.json`, written);
  }
}

declare global {
  interface HTMLElementTagNameMap {
    "vr-receipt": ReceiptCard;
  }
}
