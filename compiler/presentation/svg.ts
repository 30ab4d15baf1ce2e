// SVG as text: elements with attributes, nothing else.

import { inXml } from '../../dsl/quote.ts';

export type Attributes = Readonly<Record<string, string | number>>;

/** Numbers with at most two decimals, so that the same picture is the same text. */
const written = (value: string | number): string =>
  typeof value === 'number' ? String(Math.round(value * 100) / 100) : inXml(value);

export function element(name: string, attributes: Attributes, ...children: readonly string[]): string {
  const list = Object.entries(attributes).map(([key, value]) => ` ${key}="${written(value)}"`);
  return children.length === 0
    ? `<${name}${list.join('')}/>`
    : `<${name}${list.join('')}>${children.join('')}</${name}>`;
}

/** Text at its baseline. */
export const text = (x: number, y: number, content: string, attributes: Attributes = {}): string =>
  element('text', { x, y, ...attributes }, inXml(content));

const style = 'text{font:13px system-ui,sans-serif;fill:#222}.small{font-size:11px;fill:#555}';

/** A whole document on a white ground. */
export function document(width: number, height: number, children: readonly string[]): string {
  const size = { width: Math.ceil(width), height: Math.ceil(height) };
  const viewBox = `0 0 ${size.width} ${size.height}`;
  const ground = element('rect', { ...size, fill: '#fff' });
  const body = [element('style', {}, style), ground, ...children].join('\n');
  return `${element('svg', { xmlns: 'http://www.w3.org/2000/svg', ...size, viewBox }, `\n${body}\n`)}\n`;
}
