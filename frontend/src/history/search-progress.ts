/** Show how far a search is, and let it be stopped. */

import { css, html, LitElement, nothing } from "lit";
import { customElement, property } from "lit/decorators.js";
import type { Texts } from "../texts.ts";
import { base, controls } from "../theme.ts";
import type { Finder } from "./finder.ts";

@customElement("vr-search-progress")
export class SearchProgress extends LitElement {
  static override styles = [
    base,
    controls,
    css`
      .progress {
        display: flex;
        align-items: center;
        gap: 12px;
        min-height: 40px;
        padding-inline: 16px 8px;
      }
      progress {
        flex: 1 1 80px;
        min-width: 0;
        accent-color: var(--primary-color);
      }
      .error {
        color: var(--error-color);
      }
    `,
  ];

  @property({ attribute: false }) texts!: Texts;
  @property({ attribute: false }) finder!: Finder;
  /** Changes whenever the search has come farther. */
  @property({ type: Number }) version = 0;

  override render() {
    const { t, failure } = this.texts;
    const { finder } = this;
    if (finder.failure) {
      return html`<div class="progress error" role="alert">${failure(finder.failure)}</div>`;
    }
    return html`<div class="progress">
      <span class="small" role="status">${this.told()}</span>
      ${
        finder.isDone
          ? nothing
          : html`<progress
                max=${finder.outOf || 1}
                value=${finder.scanned}
                aria-label=${t("history.search_progress_name")}
              ></progress>
              <button @click=${() => finder.stop()}>${t("history.search_stop")}</button>`
      }
    </div>`;
  }

  private told(): string {
    const { t, number } = this.texts;
    const { hits, scanned, outOf, isDone, isCapped, isStopped } = this.finder;
    const values = { hits: number(hits.length), done: number(scanned), total: number(outOf) };
    if (isCapped) return t("history.search_capped", values);
    if (isStopped) return t("history.search_stopped", values);
    return t(isDone ? "history.search_done" : "history.search_going_on", values);
  }
}

declare global {
  interface HTMLElementTagNameMap {
    "vr-search-progress": SearchProgress;
  }
}
