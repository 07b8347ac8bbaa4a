/** The panel: its head, its four views, and the way between them. */

import {
  mdiHistory,
  mdiHomeOutline,
  mdiMapMarkerMultipleOutline,
  mdiMenu,
  mdiReceiptTextOutline,
} from "@mdi/js";
import { css, html, LitElement, nothing, type PropertyValues } from "lit";
import { customElement, property, state } from "lit/decorators.js";
import { Api } from "./api.ts";
import "./elsewhere/elsewhere.ts";
import { type Hass, navigate, type Route } from "./hass.ts";
import "./history/history.ts";
import "./home/home.ts";
import { Live } from "./live.ts";
import { icon } from "./parts/icon.ts";
import "./receipts/receipts.ts";
import { Texts } from "./texts.ts";
import { base, controls } from "./theme.ts";

const VIEWS = {
  home: { picture: mdiHomeOutline, title: "home.title" },
  history: { picture: mdiHistory, title: "history.title" },
  receipts: { picture: mdiReceiptTextOutline, title: "receipts.title" },
  elsewhere: { picture: mdiMapMarkerMultipleOutline, title: "elsewhere.title" },
};

type ViewName = keyof typeof VIEWS;

@customElement("voice-retention-panel")
export class VoiceRetentionPanel extends LitElement {
  static override styles = [
    base,
    controls,
    css`
      :host {
        display: flex;
        flex-direction: column;
        /* No percentage: what Home Assistant puts around a panel has no height of its own. */
        height: 100dvh;
        background: var(--primary-background-color);
        font-family: var(--ha-font-family-body, Roboto, Noto, sans-serif);
        font-size: var(--ha-font-size-m, 14px);
        line-height: 1.5;
      }
      header {
        display: flex;
        flex-wrap: wrap;
        align-items: center;
        flex: none;
        padding-inline: 12px;
        padding-block-start: var(--safe-area-inset-top, 0px);
        min-height: var(--header-height, 56px);
        background: var(--app-header-background-color, var(--primary-color));
        color: var(--app-header-text-color, #fff);
        border-block-end: var(--app-header-border-bottom, none);
      }
      header button.icon {
        color: inherit;
      }
      h1 {
        flex: 1 1 auto;
        padding-inline: 12px;
        font-size: var(--ha-font-size-xl, 20px);
        font-weight: var(--ha-font-weight-normal, 400);
      }
      nav {
        display: flex;
        align-self: stretch;
        overflow-x: auto;
      }
      nav a {
        display: flex;
        align-items: center;
        gap: 8px;
        min-height: 48px;
        padding: 0 16px;
        color: inherit;
        text-decoration: none;
        font-weight: var(--ha-font-weight-medium, 500);
        border-block-end: 3px solid transparent;
        white-space: nowrap;
      }
      nav a[aria-current] {
        border-color: currentColor;
      }
      nav a:focus-visible {
        outline-color: currentColor;
        outline-offset: -4px;
      }
      :host([narrow]) nav {
        order: 1;
        flex: 1 0 100%;
      }
      :host([narrow]) nav a {
        flex: 1 0 auto;
        flex-direction: column;
        justify-content: center;
        gap: 0;
        min-height: 56px;
        padding: 0 8px;
        font-size: var(--ha-font-size-s, 12px);
      }
      main {
        flex: 1 1 auto;
        /* What is only for screen readers is placed, and must scroll with the rest. */
        position: relative;
        min-height: 0;
        overflow: auto;
      }
    `,
  ];

  @property({ attribute: false }) hass!: Hass;
  @property({ attribute: false }) route?: Route;
  @property({ type: Boolean, reflect: true }) narrow = false;
  @state() private texts?: Texts;
  private api?: Api;
  private readonly live = new Live();
  private language = "";

  override connectedCallback(): void {
    super.connectedCallback();
    if (this.api) this.live.start(this.api);
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    this.live.stop();
  }

  override willUpdate(changed: PropertyValues<this>): void {
    if (!changed.has("hass")) return;
    if (!this.api || changed.get("hass")?.connection !== this.hass.connection) {
      this.api = new Api(this.hass);
      this.live.start(this.api);
    }
    if (this.language !== this.hass.language) {
      this.language = this.hass.language;
      void this.loadTexts();
    } else if (this.texts && changed.get("hass")?.localize !== this.hass.localize) {
      this.texts = new Texts(this.hass);
    }
  }

  override render() {
    if (!this.texts || !this.api) return nothing;
    const { t } = this.texts;
    return html`
      <header>
        ${
          this.narrow
            ? html`<button class="icon" aria-label=${t("common.menu")} @click=${this.openMenu}>
              ${icon(mdiMenu, 24)}
            </button>`
            : nothing
        }
        <h1>Voice Retention</h1>
        <nav aria-label="Voice Retention">
          ${(Object.keys(VIEWS) as ViewName[]).map((name) => this.tab(name))}
        </nav>
      </header>
      <main>${this.view()}</main>
    `;
  }

  private get current(): ViewName {
    const name = this.route?.path.split("/")[1] ?? "";
    return name in VIEWS ? (name as ViewName) : "home";
  }

  private tab(name: ViewName) {
    const { picture, title } = VIEWS[name];
    return html`<a
      href="/voice-retention/${name}"
      aria-current=${name === this.current ? "page" : nothing}
      @click=${this.follow}
    >
      ${icon(picture)} ${this.texts?.t(title)}
    </a>`;
  }

  private view() {
    const { hass, api, texts, live, narrow } = this;
    switch (this.current) {
      case "home":
        return html`<vr-home
          .hass=${hass}
          .api=${api}
          .texts=${texts}
          .live=${live}
          .narrow=${narrow}
        ></vr-home>`;
      case "history":
        return html`<vr-history
          .hass=${hass}
          .api=${api}
          .texts=${texts}
          .live=${live}
          .narrow=${narrow}
        ></vr-history>`;
      case "receipts":
        return html`<vr-receipts
          .hass=${hass}
          .api=${api}
          .texts=${texts}
          .live=${live}
          .narrow=${narrow}
        ></vr-receipts>`;
      case "elsewhere":
        return html`<vr-elsewhere
          .hass=${hass}
          .api=${api}
          .texts=${texts}
          .live=${live}
          .narrow=${narrow}
        ></vr-elsewhere>`;
    }
  }

  private follow(event: MouseEvent): void {
    if (event.ctrlKey || event.metaKey || event.shiftKey) return;
    event.preventDefault();
    navigate((event.currentTarget as HTMLAnchorElement).pathname);
  }

  private openMenu(): void {
    this.dispatchEvent(new Event("hass-toggle-menu", { bubbles: true, composed: true }));
  }

  private async loadTexts(): Promise<void> {
    await Texts.load(this.hass);
    this.texts = new Texts(this.hass);
  }
}

declare global {
  interface HTMLElementTagNameMap {
    "voice-retention-panel": VoiceRetentionPanel;
  }
}
