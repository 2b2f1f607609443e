/**
 * One thing to put on a connection.
 * - `message`: an object, encoded as the transport has it
 * - `text`: in the place of the encoded object, whatever it is; over WebSocket the whole frame
 * - `bytes`: likewise, binary
 * - `nothing`: an event without an argument, a wrapper without data
 * - `packet`: below the framing of the API: over Socket.IO a packet that is none
 */
export type Frame =
	| { readonly kind: 'message'; readonly type: string; readonly payload: unknown }
	| { readonly kind: 'text'; readonly type: string; readonly text: string }
	| { readonly kind: 'bytes'; readonly type: string; readonly bytes: Buffer }
	| { readonly kind: 'nothing'; readonly type: string }
	| { readonly kind: 'packet'; readonly text: string };

export function message(type: string, payload: unknown): Frame {
	return { kind: 'message', type, payload };
}
