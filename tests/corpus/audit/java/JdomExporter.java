package com.example.support.export;

import java.io.File;
import java.io.PrintWriter;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.List;
import org.jdom2.Document;
import org.jdom2.Element;
import org.jdom2.input.SAXBuilder;

public class JdomExporter {

    public void export(File report, PrintWriter out) throws Exception {
        Document doc = new SAXBuilder().build(report);
        List<Element> sessions = new ArrayList<>(doc.getRootElement().getChildren("session"));
        Collections.sort(sessions, new Comparator<Element>() {
            @Override
            public int compare(Element a, Element b) {
                return a.getAttributeValue("lsid").compareTo(b.getAttributeValue("lsid"));
            }
        });
        int line = 0;
        for (Element session : sessions) {
            line = line + 1;
            out.printf("%04d;%s;%s%n", line,
                    session.getAttributeValue("lsid"),
                    session.getChildText("external_key"));
        }
        out.flush();
    }

    public Element config(File file) throws Exception {
        return new SAXBuilder().build(file).getRootElement().getChild("export");
    }
}
