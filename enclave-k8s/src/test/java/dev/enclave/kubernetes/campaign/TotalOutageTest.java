package dev.enclave.kubernetes.campaign;

import dev.enclave.campaign.TotalOutageCampaign;
import org.junit.jupiter.api.Tag;

/** Callers ask for keys that they never heard of: what is in memory signs on. */
@Tag("alone")
@Tag("needs-kube-apiserver")
class TotalOutageTest extends TotalOutageCampaign {

  TotalOutageTest() {
    super(new WithoutKek());
  }
}
