import { useTranslation } from "react-i18next";

import css from "./guides.module.css";
import { type Sketch, type Values, valueOf } from "./steps";

const width = 520;
const rowHeight = 40;

/** clip keeps a label inside of its box; letters are about 6.4 units wide. */
const clip = (text: string, room: number) => (text.length * 6.4 > room ? `${text.slice(0, Math.floor(room / 6.4) - 1)}…` : text);

/** A drawing of where to click: the page of the provider, as far as it matters. */
export function Drawing({ sketch, values }: { sketch: Sketch; values: Values }) {
  const { t } = useTranslation("guides");
  const { rail, tabs, title, fields = [], switches = [], rows = [], button } = sketch;
  const left = rail ? 150 : 0;
  const top = tabs ? 46 : 12;
  const body = fields.length * 52 + (switches.length + rows.length) * rowHeight;
  const height = Math.max(top + 44 + body + (button ? 52 : 12), rail ? rail.items.length * 34 + 28 : 0);
  const where = [rail?.at, tabs?.at, title, button].filter(Boolean).join(" > ");
  const first = top + 44;
  const afterFields = first + fields.length * 52;
  const afterSwitches = afterFields + switches.length * rowHeight;
  const y = first + body;
  return (
    <svg className={css.drawing} viewBox={`0 0 ${width} ${height}`} role="img" aria-label={t("sketch", { where })}>
      <rect className={css.window} x="0.5" y="0.5" width={width - 1} height={height - 1} rx="10" />
      {rail && (
        <g>
          <path className={css.line} d={`M${left} 1V${height - 1}`} />
          {rail.items.map((item, i) => (
            <g key={item}>
              {item === rail.at && <rect className={css.mark} x="8" y={14 + i * 34} width={left - 16} height="28" rx="6" />}
              <text className={item === rail.at ? css.strong : css.dim} x="20" y={33 + i * 34}>
                {clip(item, left - 32)}
              </text>
            </g>
          ))}
        </g>
      )}
      {tabs && <Tabs tabs={tabs} left={left} />}
      <text className={css.title} x={left + 20} y={top + 22}>
        {clip(title, width - left - 40)}
      </text>
      {fields.map((field, i) => {
        const at = first + i * 52;
        const value = field.value ? valueOf(field.value, values) : "";
        return (
          <g key={field.label}>
            <text className={css.label} x={left + 20} y={at + 8}>
              {clip(field.label, width - left - 40)}
            </text>
            <rect className={css.field} x={left + 20} y={at + 14} width={width - left - 40} height="26" rx="5" />
            <text className={css.value} x={left + 30} y={at + 31}>
              {clip(value ?? "", width - left - 62)}
            </text>
          </g>
        );
      })}
      {switches.map(({ label, on }, i) => {
        const at = afterFields + i * rowHeight;
        return (
          <g key={label}>
            <rect className={on ? css.on : css.field} x={left + 20} y={at} width="18" height="18" rx="4" />
            {on && <path className={css.tick} d={`m${left + 24} ${at + 9.5} 4 4 7-8`} />}
            <text className={css.text} x={left + 48} y={at + 13.5}>
              {clip(label, width - left - 70)}
            </text>
          </g>
        );
      })}
      {rows.map((row, i) => {
        const at = afterSwitches + i * rowHeight;
        return (
          <g key={row}>
            <path className={css.line} d={`M${left + 20} ${at + 26}H${width - 20}`} />
            <text className={css.text} x={left + 20} y={at + 13.5}>
              {clip(row, width - left - 40)}
            </text>
          </g>
        );
      })}
      {button && (
        <g>
          <rect className={css.button} x={left + 20} y={y} width={button.length * 7 + 32} height="30" rx="6" />
          <text className={css.buttonText} x={left + 36} y={y + 19.5}>
            {button}
          </text>
          <path className={css.pointer} d={`m${left + 34 + button.length * 7} ${y + 18} 0 16 4.2-3.6 3 6.6 3.4-1.5-3-6.5 5.4-.6Z`} />
        </g>
      )}
    </svg>
  );
}

function Tabs({ tabs, left }: { tabs: { items: string[]; at: string }; left: number }) {
  const lengths = tabs.items.map((item) => item.length * 6.6);
  return (
    <g>
      <path className={css.line} d={`M${left} 38H${width - 1}`} />
      {tabs.items.map((item, i) => {
        const at = lengths.slice(0, i).reduce((sum, length) => sum + length + 22, left + 20);
        return (
          <g key={item}>
            <text className={item === tabs.at ? css.strong : css.dim} x={at} y="25">
              {item}
            </text>
            {item === tabs.at && <path className={css.under} d={`M${at} 38h${lengths[i]}`} />}
          </g>
        );
      })}
    </g>
  );
}
