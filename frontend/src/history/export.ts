/** Make an archive of recordings, show how far it is, and hand it out once. */

import { css, html, LitElement, nothing } from "lit";
import { customElement, property, query, state } from "lit/decorators.js";
import type { Api, Unsubscribe } from "../api.ts";
import "../parts/dialog.ts";
import type { Dialog } from "../parts/dialog.ts";
import type { Texts } from "../texts.ts";
import { base, controls } from "../theme.ts";
import type { ExportEvent, What } from "../types.ts";

@customElement("vr-export")
export class ExportDialog extends LitElement {
  static override styles = [
    base,
    controls,
    css`
      progress {
        width: 100%;
        margin-block: 16px 4px;
        accent-color: var(--primary-color);
      }
      .error {
        color: var(--error-color);
      }
      p + p {
        margin-block-start: 8px;
      }
      a.button {
        display: inline-flex;
        align-items: center;
        min-height: 36px;
        padding: 0 16px;
        border-radius: 18px;
        background: color-mix(in srgb, var(--primary-color) 14%, transparent);
        color: var(--primary-text-color);
        font-weight: var(--ha-font-weight-medium, 500);
        text-decoration: none;
      }
    `,
  ];

  @property({ attribute: false }) api!: Api;
  @property({ attribute: false }) texts!: Texts;
  @state() private state: ExportEvent | undefined;
  @state() private failure: unknown;
  @state() private isTaken = false;
  @query("vr-dialog") private dialog!: Dialog;
  private subscription: Promise<Unsubscribe> | undefined;

  async make(what: What): Promise<void> {
    this.state = undefined;
    this.failure = undefined;
    this.isTaken = false;
    this.end();
    const subscription = this.api.export(what, (event) => {
      if (subscription === this.subscription) this.heard(event);
    });
    this.subscription = subscription;
    subscription.catch((failure) => {
      this.failure = failure;
    });
    await this.updateComplete;
    await this.dialog.show();
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    this.end();
  }

  override render() {
    const { t } = this.texts;
    return html`<vr-dialog
      .heading=${t("history.export_title")}
      .closeLabel=${t("common.close")}
      @closed=${this.end}
    >
      <div role="status">${this.told()}</div>
      ${
        this.failure
          ? html`<p class="error" role="alert">${this.texts.failure(this.failure)}</p>`
          : nothing
      }
      <button slot="actions" class="plain" @click=${() => this.dialog.close()}>
        ${t(this.state?.url ? "common.close" : "common.cancel")}
      </button>
      ${this.link()}
    </vr-dialog>`;
  }

  private told() {
    const { t, number, bytes, date } = this.texts;
    if (this.failure) return nothing;
    const { done = 0, total = 0, url, size = 0, expires } = this.state ?? {};
    if (url && expires) {
      return html`<p>${t("history.export_ready", { count: number(total), size: bytes(size) })}</p>
        <p class="secondary">${t("history.export_once", { until: date(expires) })}</p>
        <p class="secondary">${t("history.export_yours")}</p>`;
    }
    return html`<p>${t("history.export_going_on")}</p>
      <progress max=${total || 1} value=${done} aria-label=${t("history.export_title")}></progress>
      <p class="small secondary">
        ${t("history.export_progress", { done: number(done), total: number(total) })}
      </p>`;
  }

  private link() {
    const url = this.state?.url;
    if (!url || this.isTaken) return nothing;
    return html`<a
      slot="actions"
      class="button"
      href=${url}
      download
      @click=${() => {
        // Only one download is possible; a second click would be an error.
        setTimeout(() => {
          this.isTaken = true;
        });
      }}
      >${this.texts.t("history.download")}</a
    >`;
  }

  private heard(event: ExportEvent): void {
    this.state = event;
    this.failure = event.error;
    if (event.url || event.error) this.subscription = undefined;
  }

  /** What is not ready yet ends with its subscription. */
  private end(): void {
    this.subscription?.then((unsubscribe) => unsubscribe()).catch(() => undefined);
    this.subscription = undefined;
  }
}

declare global {
  interface HTMLElementTagNameMap {
    "vr-export": ExportDialog;
  }
}
