import type { IncomingMessage, ServerResponse } from 'node:http';

import type { JsonObject } from '../../client/protocol/json';
import { BankError } from '../bank/bank-error';
import { isFaultName } from '../faults/definitions';
import { FaultSettingsError } from '../faults/parameters';
import type { Sandbox } from '../sandbox';
import { streamEvents } from './event-stream';
import { HttpError, optionalTextField, readBody, sendJson, textField } from './http';
import { accountsOf, faultsOf, stateOf } from './state';

interface Answer { status: number; value: unknown }
type Handler = (sandbox: Sandbox, input: { body: JsonObject; query: URLSearchParams; rest: string }) => Answer;

const ok = (value: unknown): Answer => ({ status: 200, value });
const created = (value: unknown): Answer => ({ status: 201, value });

/** What the banking site and the other customers would do, and what only a sandbox lets one do. By method and path. */
const ROUTES: Readonly<Record<string, Handler>> = {
	'GET /control/state': (sandbox) => ok(stateOf(sandbox)),
	'GET /control/accounts': (sandbox) => ok(accountsOf(sandbox)),
	'GET /control/connections': (sandbox) => ok(sandbox.connections),
	'GET /control/faults': (sandbox) => ok(faultsOf(sandbox)),

	'GET /control/ledger': (sandbox, { query }) => {
		const account = query.get('account');
		const concerns = ({ sendAccount, receiveAccount }: { sendAccount: string; receiveAccount: string }) =>
			account === null || account === sendAccount || account === receiveAccount;
		return ok(sandbox.ledger.filter(concerns));
	},

	'POST /control/accounts': (sandbox, { body }) => {
		const name = optionalTextField(body, 'name');
		const accountNumber = optionalTextField(body, 'accountNumber');
		const openingBalance = optionalTextField(body, 'openingBalance');
		const opened = sandbox.openAccount({
			currency: textField(body, 'currency'),
			...(name === undefined ? {} : { name }),
			...(accountNumber === undefined ? {} : { accountNumber }),
			...(openingBalance === undefined ? {} : { openingBalance }),
		});
		return created({ ...opened, keys: [...opened.keys], balance: sandbox.balance(opened.accountNumber) });
	},

	'POST /control/registrations': (sandbox, { body }) =>
		created(
			sandbox.registerKey({ accountNumber: textField(body, 'accountNumber'), publicKey: textField(body, 'publicKey').trim() }),
		),

	'POST /control/transfers': (sandbox, { body }) => {
		const from = optionalTextField(body, 'from');
		return created(
			sandbox.sendMoney({
				to: textField(body, 'to'),
				amount: textField(body, 'amount'),
				narrative: optionalTextField(body, 'narrative') ?? '',
				...(from === undefined ? {} : { from }),
			}),
		);
	},

	'POST /control/faults': (sandbox, { body }) => {
		const name = textField(body, 'name');
		if (!isFaultName(name)) throw new HttpError(404, `There is no fault ${name}`);
		const settings = body.settings ?? {};
		if (typeof settings !== 'object') throw new HttpError(400, 'settings must be an object');
		// Any settings are checked against the fault's own parameters there.
		const { id } = sandbox.faults.enable(name, settings);
		return created({ id });
	},

	'DELETE /control/faults': (sandbox, { rest }) => {
		if (rest === '') sandbox.faults.clear();
		else sandbox.faults.disable(rest);
		return ok(faultsOf(sandbox));
	},

	'DELETE /control/connections': (sandbox) => {
		sandbox.dropConnections();
		return ok({});
	},

	'PUT /control/settlement-delay': (sandbox, { body }) => {
		const { milliseconds } = body;
		if (typeof milliseconds !== 'number' || !(milliseconds >= 0)) {
			throw new HttpError(400, 'milliseconds must be a number from 0');
		}
		sandbox.settlementDelay = milliseconds;
		return ok({ milliseconds });
	},
};

const PATH = /^(\/control\/[a-z-]+)(?:\/(.*))?$/u;

export async function answerControl(
	sandbox: Sandbox,
	request: IncomingMessage,
	response: ServerResponse,
	url: URL,
): Promise<void> {
	if (request.method === 'GET' && url.pathname === '/control/events') {
		streamEvents(sandbox, response);
		return;
	}
	try {
		const [, path = '', rest = ''] = PATH.exec(url.pathname) ?? [];
		const route = `${request.method} ${path}`;
		const handler = Object.hasOwn(ROUTES, route) ? ROUTES[route] : undefined;
		if (!handler) throw new HttpError(404, `There is no ${request.method} ${url.pathname}`);
		const takesBody = request.method === 'POST' || request.method === 'PUT';
		const body = takesBody ? await readBody(request) : {};
		const { status, value } = handler(sandbox, { body, query: url.searchParams, rest });
		sendJson(response, status, value);
	} catch (error) {
		if (error instanceof HttpError) sendJson(response, error.status, { message: error.message });
		else if (error instanceof FaultSettingsError) sendJson(response, 400, { message: error.message });
		else if (error instanceof BankError) sendJson(response, 422, { reason: error.reason, message: error.message });
		else throw error;
	}
}
