/** Ask or show something before anything else: a modal dialog of the browser's own. */

import { mdiClose } from "@mdi/js";
import { css, html, LitElement, nothing } from "lit";
import { customElement, property, query } from "lit/decorators.js";
import { base, controls } from "../theme.ts";
import { icon } from "./icon.ts";

@customElement("vr-dialog")
export class Dialog extends LitElement {
  static override styles = [
    base,
    controls,
    css`
      dialog {
        width: min(560px, calc(100vw - 32px));
        max-height: calc(100dvh - 32px);
        padding: 0;
        border: none;
        border-radius: var(--ha-dialog-border-radius, 24px);
        background: var(--ha-dialog-surface-background, var(--card-background-color));
        color: var(--primary-text-color);
        box-shadow: 0 8px 32px rgba(0, 0, 0, 0.35);
      }
      dialog::backdrop {
        background: rgba(0, 0, 0, 0.5);
      }
      .frame {
        display: flex;
        flex-direction: column;
        max-height: inherit;
      }
      header {
        display: flex;
        align-items: center;
        gap: 8px;
        padding-block: 16px 8px;
        padding-inline: 24px 16px;
      }
      .body {
        overflow: auto;
        padding: 8px 24px 16px;
      }
      footer {
        display: flex;
        flex-wrap: wrap;
        justify-content: flex-end;
        gap: 8px;
        padding: 8px 24px 24px;
      }
    `,
  ];

  @property() heading = "";
  @property({ attribute: "close-label" }) closeLabel = "";
  @query("dialog") private dialog!: HTMLDialogElement;

  /** Open, and give the focus back to where it was in the end. */
  async show(): Promise<void> {
    await this.updateComplete;
    if (!this.dialog.open) this.dialog.showModal();
  }

  close(): void {
    this.dialog.close();
  }

  override render() {
    return html`<dialog aria-labelledby="heading" @close=${this.closed} @click=${this.clicked}>
      <div class="frame">
        <header>
          <h2 id="heading" class="grow">${this.heading}</h2>
          <button class="icon" aria-label=${this.closeLabel || nothing} @click=${this.close}>
            ${icon(mdiClose, 24)}
          </button>
        </header>
        <div class="body" tabindex="-1"><slot></slot></div>
        <footer><slot name="actions"></slot></footer>
      </div>
    </dialog>`;
  }

  private clicked(event: MouseEvent): void {
    // Beside the dialog, that is on its backdrop, which belongs to it.
    if (event.target === this.dialog) this.close();
  }

  private closed(): void {
    this.dispatchEvent(new Event("closed"));
  }
}
