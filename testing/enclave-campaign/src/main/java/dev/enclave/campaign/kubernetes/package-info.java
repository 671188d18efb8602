/**
 * A real Kubernetes API server on loopback, with its etcd, for tests. It has no controllers: a
 * namespace has no default service account, and a deleted namespace stays.
 */
@NullMarked
package dev.enclave.campaign.kubernetes;

import org.jspecify.annotations.NullMarked;
