package dev.enclave.gcp.campaign;

import dev.enclave.campaign.LostImportsCampaign;

class LostImportsTest extends LostImportsCampaign {

  LostImportsTest() {
    super(new GcpUnderTest());
  }
}
