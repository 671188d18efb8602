/**
 * The backend: settings, places, credentials, requests and their failures, keys, use and access.
 */
@org.jspecify.annotations.NullMarked
package dev.enclave.gcp.internal;
