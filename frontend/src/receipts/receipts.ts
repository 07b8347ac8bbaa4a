import { html } from "lit";
import { customElement } from "lit/decorators.js";
import { View } from "../view.ts";

@customElement("vr-receipts")
export class ReceiptsView extends View {
  override render() {
    return html`<h2>${this.texts.t("receipts.title")}</h2>`;
  }
}
