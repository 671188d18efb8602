/**
 * A Kubernetes API server on loopback for tests: the real one with its etcd, or ours in this
 * process. Neither has controllers: a namespace has no default service account, and a deleted
 * namespace stays.
 */
@NullMarked
package dev.enclave.campaign.kubernetes;

import org.jspecify.annotations.NullMarked;
