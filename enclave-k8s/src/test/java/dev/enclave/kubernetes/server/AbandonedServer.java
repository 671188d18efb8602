package dev.enclave.kubernetes.server;

import dev.enclave.campaign.kubernetes.KubeApiServer;

/** A process that starts a server, says where its data are, and has no time to close it. */
final class AbandonedServer {

  private AbandonedServer() {}

  public static void main(String[] arguments) throws Exception {
    KubeApiServer server = KubeApiServer.start();
    System.out.println(server.etcdFiles().getParent());
    System.in.read();
    server.close();
  }
}
