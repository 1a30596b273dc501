// SPDX-License-Identifier: MIT
// Injected into pages under test: finds what a person finds, by role and accessible name, through shadow trees; and tells
// what has the focus and whether that can be seen. Names are as simple as our pages: aria-label, label, or the text inside.
(() => {
    const HEADINGS = /^H[1-6]$/;
    const INPUTS = { search: 'searchbox', checkbox: 'checkbox', radio: 'radio', range: 'slider', button: 'button', submit: 'button', number: 'spinbutton', file: 'file' };
    const TAGS = { BUTTON: 'button', SUMMARY: 'button', TEXTAREA: 'textbox', SELECT: 'combobox', DIALOG: 'dialog', SECTION: 'region', VIDEO: 'video' };

    function roleOf(element) {
        const given = element.getAttribute('role');
        if (given) return given;
        if (element.tagName === 'A') return element.hasAttribute('href') ? 'link' : '';
        if (element.tagName === 'INPUT') return INPUTS[element.type] ?? 'textbox';
        return HEADINGS.test(element.tagName) ? 'heading' : (TAGS[element.tagName] ?? '');
    }

    const clean = (text) => text.replace(/\s+/g, ' ').trim();

    /** What is read inside: of slots what stands in them, nothing that is kept from readers. */
    function textOf(node) {
        if (node.nodeType === Node.TEXT_NODE) return node.textContent;
        if (node.nodeType !== Node.ELEMENT_NODE || ['STYLE', 'SCRIPT'].includes(node.tagName) || node.hidden || node.getAttribute('aria-hidden') === 'true') return '';
        if (node.tagName === 'SLOT') return (node.assignedNodes({ flatten: true }).length ? node.assignedNodes({ flatten: true }) : [...node.childNodes]).map(textOf).join('');
        const inner = [...(node.shadowRoot ?? node).childNodes].map(textOf).join('');
        return /^(DIV|P|LI|H[1-6]|SPAN|BUTTON|LABEL|SECTION|ARTICLE)$/.test(node.tagName) ? ` ${inner} ` : inner;
    }

    function nameOf(element) {
        const label = element.getAttribute('aria-label');
        if (label) return clean(label);
        const by = element.getAttribute('aria-labelledby');
        if (by) return clean(by.split(/\s+/).map((id) => textOf(element.getRootNode().getElementById(id) ?? document.createTextNode(''))).join(' '));
        const labels = [...(element.labels ?? [])].map((one) => [...one.childNodes].filter((child) => child !== element && !child.contains?.(element)).map(textOf).join(''));
        if (labels.some((text) => clean(text))) return clean(labels.join(' '));
        if (['INPUT', 'TEXTAREA', 'SELECT'].includes(element.tagName)) return clean(element.placeholder || element.title || '');
        return clean(textOf(element)) || clean(element.title || '');
    }

    const isSeen = (element) => element.checkVisibility({ visibilityProperty: true }) && element.getClientRects().length > 0;

    function* all(root) {
        for (const element of root.querySelectorAll('*')) {
            yield element;
            if (element.shadowRoot) yield* all(element.shadowRoot);
        }
    }

    /** The first that is seen. @param {string} role @param {string} name exactly, or /…/ as a pattern @param {string} [within] name of a region or dialog */
    function find(role, name, within) {
        const pattern = /^\/(.*)\/$/.exec(name);
        const fits = (found) => (pattern ? new RegExp(pattern[1]).test(found) : found === name);
        const scope = within === undefined ? document : [...all(document)].find((element) => ['region', 'dialog'].includes(roleOf(element)) && isSeen(element) && nameOf(element) === within);
        if (!scope) return null;
        for (const element of all(scope)) if (roleOf(element) === role && isSeen(element) && fits(nameOf(element))) return element;
        // What is slotted into a shadow tree stands in the document.
        if (scope !== document && scope.getRootNode() instanceof ShadowRoot)
            for (const element of all(scope.getRootNode().host)) if (roleOf(element) === role && isSeen(element) && fits(nameOf(element))) return element;
        return null;
    }

    const hasText = (text) => clean([...document.body.childNodes].map(textOf).join(' ')).includes(text);

    function focused() {
        let element = document.activeElement;
        while (element?.shadowRoot?.activeElement) element = element.shadowRoot.activeElement;
        return element && element !== document.body && element !== document.documentElement ? element : null;
    }

    const parentOf = (element) => element.assignedSlot ?? element.parentElement ?? element.getRootNode().host ?? null;

    /** How it and what is right around it is drawn: whatever shows a focus is among this. */
    function drawn(element) {
        const looks = [];
        const parts = [];
        for (let at = element, n = 0; at && n < 4; at = parentOf(at), n++) parts.push(at);
        // A slider is drawn by what stands beside its field.
        if (element.type === 'range' && element.getRootNode() instanceof ShadowRoot) parts.push(...element.getRootNode().querySelectorAll('*'));
        for (const at of parts)
            for (const part of [null, '::before', '::after']) {
                const style = getComputedStyle(at, part);
                const outline = style.outlineStyle === 'none' || parseFloat(style.outlineWidth) === 0 ? '' : `${style.outlineWidth} ${style.outlineStyle} ${style.outlineColor}`;
                looks.push([outline, style.boxShadow, style.backgroundColor, style.borderColor, style.borderWidth, style.textDecorationLine].join('|'));
            }
        return looks;
    }

    /** Nor faded away. */
    function opacity(element) {
        let product = 1;
        for (let at = element; at; at = parentOf(at)) if (at.type !== 'range') product *= Number(getComputedStyle(at).opacity);
        return product;
    }

    /** At some point of it nothing lies over it (WCAG 2.2, 2.4.11), within the window. */
    function isUncovered(element) {
        if (opacity(element) < 0.3) return false;
        const box = element.getBoundingClientRect();
        const label = element.labels?.[0]?.getBoundingClientRect();
        const boxes = [box, ...(label ? [label] : [])];
        const belongs = (hit) => {
            for (let at = hit; at; at = parentOf(at)) if (at === element || [...(element.labels ?? [])].includes(at)) return true;
            for (let at = element; at; at = parentOf(at)) if (at === hit) return true;
            return false;
        };
        for (const one of boxes)
            for (const [x, y] of [[0.5, 0.5], [0.1, 0.2], [0.9, 0.2], [0.1, 0.8], [0.9, 0.8]]) {
                // Of what of it is in the window.
                const [left, top] = [Math.max(0, one.left), Math.max(0, one.top)];
                const [width, height] = [Math.min(innerWidth, one.right) - left, Math.min(innerHeight, one.bottom) - top];
                if (width <= 0 || height <= 0) continue;
                const [at, down] = [left + width * x, top + height * y];
                let hit = document.elementFromPoint(at, down);
                while (hit?.shadowRoot?.elementFromPoint(at, down) && hit.shadowRoot.elementFromPoint(at, down) !== hit) hit = hit.shadowRoot.elementFromPoint(at, down);
                if (hit && belongs(hit)) return true;
            }
        return false;
    }

    /** @type {WeakMap<Element, number>} */
    const keys = new WeakMap();
    let keyCount = 0;
    const keyOf = (element) => keys.get(element) ?? (keys.set(element, ++keyCount), keyCount);

    let last = null; // what had the focus when stop() was called last, and how it looked then

    /**
     * What has the focus now, and, of what had it when this was asked before, whether it looked different with it.
     * @returns {{key: number, role: string, name: string, tag: string, isUncovered: boolean, value: string, before: null|{name: string, isShown: boolean}}|null} null: the page itself
     */
    function stop() {
        const element = focused();
        let before = null;
        if (last && last.element !== element && last.element.isConnected && isSeen(last.element)) before = { name: last.name, isShown: drawn(last.element).some((look, i) => look !== last.looks[i]) };
        // Within a date's field the browser itself marks the part that has it.
        if (element !== last?.element) last = element && { element, name: `${roleOf(element)} “${nameOf(element).slice(0, 100)}”`, looks: drawn(element) };
        if (!element) return null;
        return { key: keyOf(element), role: roleOf(element), name: nameOf(element).slice(0, 100), tag: element.tagName.toLowerCase(), isUncovered: isUncovered(element), value: String(element.value ?? ''), before };
    }

    window.__sight = { find, hasText, stop, isFocusUncovered: () => !focused() || isUncovered(focused()) };
})();
