package com.example.support.stats;

import java.io.FileInputStream;
import java.io.InputStream;
import java.util.HashMap;
import java.util.Map;
import javax.xml.parsers.DocumentBuilder;
import javax.xml.parsers.DocumentBuilderFactory;
import org.w3c.dom.Document;
import org.w3c.dom.Element;
import org.w3c.dom.NodeList;

public class RepLoadReport {

    private static final String API_NS = "http://www.networkstreaming.com/namespaces/API";

    private final Map<String, Integer> load = new HashMap<>();
    private long previous = -1;

    public void read(String path) throws Exception {
        DocumentBuilderFactory f = DocumentBuilderFactory.newInstance();
        f.setNamespaceAware(true);
        DocumentBuilder builder = f.newDocumentBuilder();
        try (InputStream in = new FileInputStream(path)) {
            Document doc = builder.parse(in);
            NodeList list = doc.getElementsByTagNameNS(API_NS, "session");
            for (int i = 0; i < list.getLength(); i++) {
                Element s = (Element) list.item(i);
                long current = Long.parseLong(s.getAttribute("lsid"));
                if (previous >= 0 && current - previous > 1) {
                    System.err.println("hole in the list before row " + i);
                }
                previous = current;
                count(s);
            }
        }
    }

    private void count(Element s) {
        NodeList reps = s.getElementsByTagName("display_name");
        for (int i = 0; i < reps.getLength(); i++) {
            load.merge(reps.item(i).getTextContent(), 1, Integer::sum);
        }
    }
}
