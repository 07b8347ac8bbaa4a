/** Take what to search for. */

import { mdiClose, mdiMagnify } from "@mdi/js";
import { css, html, LitElement, nothing } from "lit";
import { customElement, property, query } from "lit/decorators.js";
import { icon } from "../parts/icon.ts";
import type { Texts } from "../texts.ts";
import { base, controls } from "../theme.ts";

/** How long somebody who types is given to go on. */
const PATIENCE = 400;

@customElement("vr-search")
export class Search extends LitElement {
  static override styles = [
    base,
    controls,
    css`
      :host {
        display: block;
        flex: 1 1 220px;
        max-width: 360px;
      }
      .box {
        position: relative;
        display: flex;
        align-items: center;
      }
      .box > svg {
        position: absolute;
        inset-inline-start: 12px;
        color: var(--secondary-text-color);
        pointer-events: none;
      }
      input[type] {
        width: 100%;
        padding-inline: 40px;
        border-radius: 20px;
      }
      input::-webkit-search-cancel-button {
        display: none;
      }
      .box button.icon {
        position: absolute;
        inset-inline-end: 0;
      }
    `,
  ];

  @property({ attribute: false }) texts!: Texts;
  @property() text = "";
  @query("input") private input!: HTMLInputElement;
  private timer: ReturnType<typeof setTimeout> | undefined;

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    clearTimeout(this.timer);
  }

  override render() {
    const { t } = this.texts;
    return html`<div class="box" role="search">
      ${icon(mdiMagnify)}
      <input
        type="search"
        maxlength="200"
        autocomplete="off"
        spellcheck="false"
        enterkeyhint="search"
        aria-label=${t("history.search")}
        placeholder=${t("history.search")}
        .value=${this.text}
        @input=${this.typed}
        @keydown=${this.pressed}
      />
      ${
        this.text
          ? html`<button class="icon" aria-label=${t("history.search_end")} @click=${this.clear}>
            ${icon(mdiClose)}
          </button>`
          : nothing
      }
    </div>`;
  }

  private typed(): void {
    clearTimeout(this.timer);
    this.timer = setTimeout(() => this.tell(), PATIENCE);
  }

  private pressed(event: KeyboardEvent): void {
    if (event.key === "Enter") this.tell();
    else if (event.key === "Escape" && this.input.value) this.clear();
  }

  private clear(): void {
    this.input.value = "";
    this.input.focus();
    this.tell();
  }

  private tell(): void {
    clearTimeout(this.timer);
    const text = this.input.value.trim();
    if (text === this.text) return;
    this.dispatchEvent(new CustomEvent<string>("search", { detail: text }));
  }
}

declare global {
  interface HTMLElementTagNameMap {
    "vr-search": Search;
  }
}
