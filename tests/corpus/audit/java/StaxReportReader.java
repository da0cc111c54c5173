package com.example.support.xml;

import java.io.InputStream;
import java.util.LinkedHashMap;
import java.util.Map;
import javax.xml.stream.XMLInputFactory;
import javax.xml.stream.XMLStreamConstants;
import javax.xml.stream.XMLStreamReader;

/** Streams a large report and keeps the ticket of every session. */
public class StaxReportReader {

    private final XMLInputFactory factory = XMLInputFactory.newInstance();

    public Map<String, Integer> ticketsByLsid(InputStream in) throws Exception {
        Map<String, Integer> tickets = new LinkedHashMap<>();
        XMLStreamReader reader = factory.createXMLStreamReader(in);
        String lsid = null;
        try {
            while (reader.hasNext()) {
                if (reader.next() != XMLStreamConstants.START_ELEMENT) {
                    continue;
                }
                String name = reader.getLocalName();
                if ("session".equals(name)) {
                    lsid = reader.getAttributeValue(null, "lsid");
                } else if ("external_key".equals(name) && lsid != null) {
                    String key = reader.getElementText().trim();
                    if (key.matches("TICKET-\\d+")) {
                        tickets.put(lsid, Integer.parseInt(key.substring(7)));
                    }
                }
            }
        } finally {
            reader.close();
        }
        return tickets;
    }

    public int expectedLength(Map<String, Integer> tickets) {
        int longest = 0;
        for (String lsid : tickets.keySet()) {
            longest = Math.max(longest, lsid.length());
        }
        return longest;
    }
}
