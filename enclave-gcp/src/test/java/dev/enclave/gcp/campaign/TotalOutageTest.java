package dev.enclave.gcp.campaign;

import dev.enclave.campaign.TotalOutageCampaign;

class TotalOutageTest extends TotalOutageCampaign {

  TotalOutageTest() {
    super(new GcpUnderTest());
  }
}
