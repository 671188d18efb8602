/**
 * Identities that clouds give to workloads, for backends of this and of other clouds: credentials
 * of AWS, tokens of Azure's managed identities, identity tokens of Google.
 */
@org.jspecify.annotations.NullMarked
package dev.enclave.kit.workload;
