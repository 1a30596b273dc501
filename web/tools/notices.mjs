// SPDX-License-Identifier: MIT
// Turns NOTICE.md into the body of /notices. Knows the little Markdown that file uses (headings, paragraphs, lists,
// tables, fenced text, links, bold, code) and escapes everything else.

const escapeHtml = (text) => text.replace(/[&<>"]/g, (c) => ({ '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;' })[c]);

function inline(text) {
    return escapeHtml(text)
        .replace(/`([^`]+)`/g, '<code>$1</code>')
        .replace(/\*\*([^*]+)\*\*/g, '<strong>$1</strong>')
        .replace(/\[([^\]]+)\]\((https?:[^)\s]+)\)/g, '<a href="$2" rel="noopener">$1</a>')
        .replace(/(^|[\s(])(https?:\/\/[^\s<)]+[^\s<).,])/g, '$1<a href="$2" rel="noopener">$2</a>');
}

const cells = (line) => line.replace(/^\||\|$/g, '').split('|').map((cell) => cell.trim());

function table(lines) {
    const [head, , ...body] = lines;
    const row = (line, tag) => `<tr>${cells(line).map((cell) => `<${tag}>${inline(cell)}</${tag}>`).join('')}</tr>`;
    return `<div class="table" tabindex="0" role="region" aria-label="Table"><table><thead>${row(head, 'th')}</thead><tbody>${body.map((line) => row(line, 'td')).join('')}</tbody></table></div>`;
}

function block(lines) {
    const heading = /^(#{1,4})\s+(.*)$/.exec(lines[0]);
    if (heading) return `<h${heading[1].length}>${inline(heading[2])}</h${heading[1].length}>` + (lines.length > 1 ? block(lines.slice(1)) : '');
    if (lines.length > 1 && /^\|?[\s:|-]+\|[\s:|-]*$/.test(lines[1])) return table(lines);
    if (/^[-*] /.test(lines[0])) {
        const items = [];
        for (const line of lines) {
            if (/^[-*] /.test(line)) items.push(line.slice(2));
            else items[items.length - 1] += ` ${line.trim()}`;
        }
        return `<ul>${items.map((item) => `<li>${inline(item)}</li>`).join('')}</ul>`;
    }
    return `<p>${inline(lines.join(' '))}</p>`;
}

/** @param {string} markdown @returns {string} HTML with every piece of text escaped */
export function noticesHtml(markdown) {
    const html = [];
    let lines = [];
    let fence = null;
    const flush = () => {
        if (lines.length > 0) html.push(block(lines));
        lines = [];
    };
    for (const line of markdown.replace(/\r/g, '').split('\n')) {
        if (line.startsWith('```')) {
            if (fence) html.push(`<pre tabindex="0">${escapeHtml(fence.join('\n'))}</pre>`);
            else flush();
            fence = fence ? null : [];
        } else if (fence) {
            fence.push(line);
        } else if (line.trim() === '') {
            flush();
        } else if (line.startsWith('<!--')) {
            continue;
        } else {
            lines.push(line);
        }
    }
    if (fence) html.push(`<pre tabindex="0">${escapeHtml(fence.join('\n'))}</pre>`);
    flush();
    return html.join('\n');
}
