// SPDX-License-Identifier: MIT
// Somebody who uses the API: asks, signs up and in, keeps the token.

export const PASSWORD = 'correct horse battery';

export class Client {
    constructor(relay) {
        this.relay = relay;
        this.token = null;
    }

    async ask(method, target, body, headers = {}) {
        const answer = await fetch(`${this.relay.url}/api/v1/${target}`, {
            method,
            headers: { ...(body === undefined ? {} : { 'content-type': 'application/json' }), ...(this.token ? { authorization: `Bearer ${this.token}` } : {}), ...headers },
            body: body === undefined || typeof body === 'string' ? body : JSON.stringify(body),
        });
        const text = await answer.text();
        return { status: answer.status, headers: answer.headers, body: text ? JSON.parse(text) : null };
    }

    signUp(name, more = {}) {
        return this.ask('POST', 'accounts', { name, password: PASSWORD, ...more });
    }

    async signIn(name, password = PASSWORD) {
        const answer = await this.ask('POST', 'sessions', { name, password });
        if (answer.status === 201) this.token = answer.body.token;
        return answer;
    }
}

/** Somebody with an account, signed in. */
export async function member(relay, name, more) {
    const client = new Client(relay);
    const made = await client.signUp(name, more);
    if (made.status !== 201) throw new Error(`${name}: ${JSON.stringify(made.body)}`);
    await client.signIn(name);
    client.account = made.body;
    return client;
}
