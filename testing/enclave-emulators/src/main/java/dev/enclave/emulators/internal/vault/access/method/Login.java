package dev.enclave.emulators.internal.vault.access.method;

import java.util.Map;

/**
 * Who logged in.
 *
 * @param role which the token gets its policies and its life from
 * @param displayName behind that of the method's path; may be empty
 * @param alias what it is called by the method
 * @param metadata of the token
 */
record Login(String role, String displayName, String alias, Map<String, String> metadata) {}
