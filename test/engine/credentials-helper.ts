import { Credentials, getAdditionalKeys } from 'n8n-core';
import { ICredentialsHelper, isExpression, NodeHelpers, Workflow } from 'n8n-workflow';
import type {
	ICredentialDataDecryptedObject,
	ICredentials,
	ICredentialsExpressionResolveValues,
	ICredentialType,
	IExecuteData,
	IHttpRequestOptions,
	INodeCredentialsDetails,
	INodeProperties,
	IRequestOptionsSimplified,
	IWorkflowExecuteAdditionalData,
	WorkflowExecuteMode,
} from 'n8n-workflow';
import type { EngineNodeTypes } from './node-types';

/** A credential's data as stored: what the user filled in. A function is asked at every read, as n8n asks its database. */
export type CredentialSource = ICredentialDataDecryptedObject | (() => ICredentialDataDecryptedObject);

/** Keyed by credential type, or by the id under which a node's `credentials` entry names one of several. */
export type CredentialSources = Readonly<Record<string, CredentialSource>>;

export class EngineCredentialTypes {
	private readonly types: Map<string, ICredentialType>;

	constructor(types: readonly ICredentialType[]) {
		this.types = new Map(types.map((type) => [type.name, type]));
	}

	find(name: string): ICredentialType | undefined {
		return this.types.get(name);
	}

	get(name: string): ICredentialType {
		const type = this.find(name);
		if (type === undefined) throw new Error(`Unrecognized credential type: ${name}`);
		return type;
	}
}

/** Hands credentials to nodes with the rules that n8n applies: who may use them, defaults, expressions. */
export class EngineCredentialsHelper extends ICredentialsHelper {
	constructor(
		private readonly types: EngineCredentialTypes,
		private readonly nodeTypes: EngineNodeTypes,
		private readonly sources: CredentialSources,
	) {
		super();
	}

	getParentTypes(name: string): string[] {
		return (this.types.get(name).extends ?? []).flatMap((parent) => [parent, ...this.getParentTypes(parent)]);
	}

	isCredentialUsableByNode(credentialType: string, nodeType: string): boolean {
		if (!this.types.find(credentialType)?.restrictToSupportedNodes) return true;
		return this.nodeTypes.supportedNodes(credentialType).includes(nodeType);
	}

	getCredentialsProperties(name: string): INodeProperties[] {
		const { extends: parents = [], properties } = this.types.get(name);
		const all: INodeProperties[] = [];
		for (const parent of parents) NodeHelpers.mergeNodeProperties(all, this.getCredentialsProperties(parent));
		NodeHelpers.mergeNodeProperties(all, properties);
		return all;
	}

	async getDecrypted(
		additionalData: IWorkflowExecuteAdditionalData,
		{ id }: INodeCredentialsDetails,
		type: string,
		mode: WorkflowExecuteMode,
		executeData?: IExecuteData,
		raw?: boolean,
		resolveValues?: ICredentialsExpressionResolveValues,
	): Promise<ICredentialDataDecryptedObject> {
		const source = (id === null ? undefined : this.sources[id]) ?? this.sources[type];
		if (source === undefined) throw new Error(`Credential with ID "${id}" does not exist for type "${type}".`);
		const stored = typeof source === 'function' ? source() : source;
		if (raw) return stored;
		return this.applyDefaults(additionalData, stored, type, mode, executeData, resolveValues);
	}

	/** The fields that were left out take their defaults, and expressions their values. */
	applyDefaults(
		additionalData: IWorkflowExecuteAdditionalData,
		stored: ICredentialDataDecryptedObject,
		type: string,
		mode: WorkflowExecuteMode,
		executeData?: IExecuteData,
		resolveValues?: ICredentialsExpressionResolveValues,
	): ICredentialDataDecryptedObject {
		const complete = NodeHelpers.getNodeParameters(
			this.getCredentialsProperties(type),
			stored as Parameters<typeof NodeHelpers.getNodeParameters>[1],
			true,
			false,
			null,
			null,
		) as ICredentialDataDecryptedObject;
		if (!Object.values(complete).some((value) => typeof value === 'string' && isExpression(value))) return complete;
		const keys = getAdditionalKeys(additionalData, mode, null, { isCredential: true });
		const { expression } = resolveValues?.workflow ?? this.emptyWorkflow();
		return expression.getParameterValue(
			complete as Parameters<typeof expression.getParameterValue>[0],
			resolveValues?.runExecutionData ?? null,
			resolveValues?.runIndex ?? 0,
			resolveValues?.itemIndex ?? 0,
			resolveValues?.node.name ?? '',
			resolveValues?.connectionInputData ?? [],
			mode,
			keys,
			executeData,
		) as ICredentialDataDecryptedObject;
	}

	async getCredentials({ id, name }: INodeCredentialsDetails, type: string): Promise<ICredentials> {
		return new Credentials({ id, name }, type);
	}

	async authenticate(
		credentials: ICredentialDataDecryptedObject,
		typeName: string,
		requestOptions: IHttpRequestOptions | IRequestOptionsSimplified,
	): Promise<IHttpRequestOptions> {
		const options = requestOptions as IHttpRequestOptions;
		const { authenticate } = this.types.get(typeName);
		return typeof authenticate === 'function' ? await authenticate(credentials, options) : options;
	}

	async preAuthentication(): Promise<undefined> {
		return undefined;
	}

	async runPreAuthentication(): Promise<undefined> {
		return undefined;
	}

	async updateCredentials(): Promise<void> {
		throw new Error('Nodes that change their credentials are not supported by the engine harness.');
	}

	async updateCredentialsOauthTokenData(): Promise<void> {
		throw new Error('Nodes that change their credentials are not supported by the engine harness.');
	}

	private emptyWorkflow(): Workflow {
		return new Workflow({ nodes: [], connections: {}, active: false, nodeTypes: this.nodeTypes });
	}
}
