package com.example.support.export;

import java.io.File;
import java.util.Map;
import java.util.TreeMap;
import javax.xml.parsers.DocumentBuilderFactory;
import org.w3c.dom.Document;
import org.w3c.dom.Element;
import org.w3c.dom.NodeList;

/** Writes one line for each day. */
public class PlainDomReport {

    private final Map<String, Integer> perDay = new TreeMap<>();
    private final Map<String, String> tickets = new TreeMap<>();

    public void read(File report) throws Exception {
        DocumentBuilderFactory factory = DocumentBuilderFactory.newInstance();
        factory.setNamespaceAware(true);
        Document doc = factory.newDocumentBuilder().parse(report);
        NodeList sessions = doc.getElementsByTagNameNS("*", "session");
        for (int i = 0; i < sessions.getLength(); i++) {
            Element session = (Element) sessions.item(i);
            String lsid = session.getAttribute("lsid");
            if (lsid.length() != 32) {
                System.err.println("skipped " + lsid);
                continue;
            }
            tickets.put(lsid, text(session, "external_key"));
            perDay.merge(text(session, "start_time").substring(0, 10), 1, Integer::sum);
        }
    }

    private static String text(Element parent, String name) {
        NodeList list = parent.getElementsByTagNameNS("*", name);
        return list.getLength() == 0 ? "" : list.item(0).getTextContent();
    }

    public int days() {
        return perDay.size();
    }

    public void print() {
        perDay.forEach((day, n) -> System.out.printf("%s %d%n", day, n));
        System.out.println(tickets.size() + " sessions");
    }
}
