package dev.enclave.gcp.campaign;

import dev.enclave.campaign.OutageOfReadsCampaign;

class OutageOfReadsTest extends OutageOfReadsCampaign {

  OutageOfReadsTest() {
    super(new GcpUnderTest());
  }
}
