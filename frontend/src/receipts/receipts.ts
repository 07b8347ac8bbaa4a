/** Show what every deletion and expiry did, and check that it stayed so. */

import { mdiDownload, mdiReceiptTextOutline, mdiShieldSearch } from "@mdi/js";
import { css, html, nothing } from "lit";
import { customElement, state } from "lit/decorators.js";
import { repeat } from "lit/directives/repeat.js";
import { icon } from "../parts/icon.ts";
import "../parts/notice.ts";
import "../parts/progress.ts";
import type { Changed, StoredReceipt, Verification } from "../types.ts";
import { View } from "../view.ts";
import "./receipt.ts";
import { save } from "./save.ts";
import "./verdict.ts";

const PAGE = 25;
/** As many as one answer brings at most. */
const MOST = 100;

@customElement("vr-receipts")
export class ReceiptsView extends View {
  static override styles = [
    ...View.styles,
    css`
      .page {
        display: flex;
        flex-direction: column;
        gap: 16px;
        max-width: 900px;
        margin-inline: auto;
        padding: 24px 16px 48px;
      }
      .head p {
        max-width: 64ch;
        margin-block: 8px 16px;
      }
      ol {
        display: flex;
        flex-direction: column;
        gap: 8px;
      }
      .older {
        align-self: center;
      }
    `,
  ];

  protected override readonly follows: Changed[] = ["receipts"];
  @state() private receipts: StoredReceipt[] | undefined;
  @state() private older: number | null = null;
  @state() private failure: unknown;
  @state() private verification: Verification | undefined;
  @state() private verifyFailure: unknown;
  @state() private isVerifying = false;
  @state() private isBusy = false;
  private stopStatus: (() => void) | undefined;

  override connectedCallback(): void {
    super.connectedCallback();
    this.stopStatus = this.live.on(["status"], () => this.requestUpdate());
    void this.load();
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    this.stopStatus?.();
  }

  override render() {
    const { t } = this.texts;
    const progress = this.live.status?.progress;
    return html`<div class="page">
      <div class="head">
        <h2>${t("receipts.title")}</h2>
        <p class="secondary">${t("receipts.about")}</p>
        <div class="row">
          <button ?disabled=${this.isVerifying || !this.receipts?.length} @click=${this.verify}>
            ${icon(mdiShieldSearch)} ${t("receipts.verify_all")}
          </button>
          <button
            class="plain"
            ?disabled=${this.isBusy || !this.receipts?.length}
            @click=${this.download}
          >
            ${icon(mdiDownload)} ${t("receipts.download_all")}
          </button>
        </div>
      </div>
      <vr-verdict
        .texts=${this.texts}
        .verification=${this.verification}
        .failure=${this.verifyFailure}
        .isBusy=${this.isVerifying}
      ></vr-verdict>
      ${
        progress
          ? html`<section class="card">
            <h3>${t("delete.deleting")}</h3>
            <vr-progress .texts=${this.texts} .progress=${progress}></vr-progress>
          </section>`
          : nothing
      }
      ${this.list()}
    </div>`;
  }

  protected override changed(): void {
    void this.load();
  }

  private list() {
    const { t } = this.texts;
    if (this.failure) {
      return html`<vr-notice
        is-error
        .texts=${this.texts}
        .text=${this.texts.failure(this.failure)}
        @retry=${this.load}
      ></vr-notice>`;
    }
    if (!this.receipts) return html`<p class="secondary" role="status">${t("history.loading")}</p>`;
    if (this.receipts.length === 0) {
      return html`<vr-notice
        .texts=${this.texts}
        .icon=${mdiReceiptTextOutline}
        .heading=${t("receipts.none")}
        .text=${t("receipts.none_about")}
      ></vr-notice>`;
    }
    return html`<ol>
        ${repeat(
          this.receipts,
          (receipt) => receipt.sequence,
          (receipt) => html`<li>
            <vr-receipt .api=${this.api} .texts=${this.texts} .receipt=${receipt}></vr-receipt>
          </li>`,
        )}
      </ol>
      ${
        this.older === null
          ? nothing
          : html`<button class="older" ?disabled=${this.isBusy} @click=${this.showOlder}>
            ${t("receipts.older")}
          </button>`
      }`;
  }

  /** Show the newest ones; those that are shown already stay, for none ever changes. */
  private async load(): Promise<void> {
    try {
      const { receipts, next_before } = await this.api.receipts(PAGE);
      const oldest = receipts.at(-1)?.sequence ?? 0;
      const shown = this.receipts ?? [];
      const isJoined = shown.some((receipt) => receipt.sequence >= oldest);
      const others = isJoined ? shown.filter((receipt) => receipt.sequence < oldest) : [];
      this.receipts = [...receipts, ...others];
      if (others.length === 0) this.older = next_before;
      this.failure = undefined;
    } catch (failure) {
      if (!this.receipts) this.failure = failure;
    }
  }

  private showOlder(): Promise<void> {
    return this.attempt(async () => {
      const { receipts, next_before } = await this.api.receipts(PAGE, this.older ?? undefined);
      this.receipts = [...(this.receipts ?? []), ...receipts];
      this.older = next_before;
    });
  }

  private download(): Promise<void> {
    return this.attempt(async () => {
      const all: unknown[] = [];
      let before: number | undefined;
      do {
        const { receipts, next_before } = await this.api.receipts(MOST, before);
        all.push(...receipts.map(({ names: _, ...written }) => written));
        before = next_before ?? undefined;
      } while (before !== undefined);
      save("voice-retention-receipts.json", all);
    });
  }

  private async attempt(action: () => Promise<void>): Promise<void> {
    this.isBusy = true;
    try {
      await action();
    } catch (failure) {
      this.failure = failure;
    } finally {
      this.isBusy = false;
    }
  }

  private async verify(): Promise<void> {
    this.isVerifying = true;
    this.verifyFailure = undefined;
    this.verification = undefined;
    try {
      this.verification = await this.api.verify();
    } catch (failure) {
      this.verifyFailure = failure;
    } finally {
      this.isVerifying = false;
    }
  }
}

declare global {
  interface HTMLElementTagNameMap {
    "vr-receipts": ReceiptsView;
  }
}
